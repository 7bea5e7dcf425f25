import { openBus } from '../../../src/bus/open.ts'
import { describeBusContract } from '../contract.ts'
import { removeDirectory, temporaryDirectory } from './support.ts'

describeBusContract('embedded', {
  async open() {
    const directory = temporaryDirectory()
    const url = `embedded:${directory}`
    const bus = await openBus(url)
    return { bus, another: () => openBus(url), cleanup: async () => removeDirectory(directory) }
  },
})
