import { openBus } from '../../../src/bus/open.ts'
import { describeBusContract } from '../contract.ts'
import { removeDirectory, temporaryDirectory } from '../embedded/support.ts'
import { openFlaky } from './support.ts'

// The second bus shares the spool of the first, as two collectors of one machine may: from then on it forwards for both.
describeBusContract('spooling', {
  async open() {
    const [target, spool] = [temporaryDirectory(), temporaryDirectory()]
    const open = async () => (await openFlaky(spool, () => openBus(`embedded:${target}`))).bus
    return {
      bus: await open(),
      another: open,
      cleanup: async () => {
        removeDirectory(target)
        removeDirectory(spool)
      },
    }
  },
})
