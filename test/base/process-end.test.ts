import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'
import { useTempDir } from '../support/temp-dir.ts'

describe('the end of a process that writes to an embedded bus', () => {
  const dir = useTempDir()

  async function ended(way: string): Promise<{ code: number | null; signal: string | null; out: string }> {
    const args = ['--import', 'tsx', 'test/base/process-end.child.ts', dir(), way]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
    let out = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (out += text))
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
    return { code, signal, out }
  }

  it('has the exit code that was asked for, once what is being committed is', async () => {
    expect(await ended('end')).to.eql({ code: 143, signal: null, out: 'tidied up, 143' })
  })

  it('never hangs, whoever ends it: those who tidy up do so before it is killed', async () => {
    expect(await ended('exit')).to.eql({ code: null, signal: 'SIGKILL', out: 'tidied up, 5' })
  })

  it('never hangs on an error that nobody catches, which is shown', async () => {
    const { code, signal, out } = await ended('throw')
    expect(out).to.contain('nobody catches this').and.to.contain('tidied up')
    // As Node has it where nothing was being written at that moment.
    expect([code, signal]).to.be.deep.oneOf([
      [1, null],
      [null, 'SIGKILL'],
    ])
  })
})
