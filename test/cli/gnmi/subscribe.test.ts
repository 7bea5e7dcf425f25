import { Writable } from 'node:stream'
import { expect } from 'chai'
import { systemClock } from '../../../src/base/clock.ts'
import { subscribe } from '../../../src/cli/gnmi/subscribe.ts'
import { ScriptedTarget } from '../../../src/office/gnmi/scripted/index.ts'
import { MemoryLogger } from '../../collectors/compliance.ts'
import { NOW, targetAt } from '../../collectors/gnmi/support/collecting.ts'
import { thrownBy } from '../../support/thrown-by.ts'

/** Takes text, or fails at it. */
class Output extends Writable {
  text = ''
  readonly #failure: Error | undefined

  constructor(failure?: Error) {
    super()
    this.#failure = failure
    this.on('error', () => {})
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error) => void): void {
    this.text += String(chunk)
    done(this.#failure)
  }
}

describe('the summary of gnmi subscribe', () => {
  async function run(failure?: Error) {
    const target = await ScriptedTarget.listen({ strict: true })
    target.onSubscribe = async (stream) => {
      await stream.notify({ timestamp: `${NOW}000000`, update: [{ path: { elem: [{ name: 'a' }] }, val: { uint_val: '1' } }] })
      await stream.sync()
      stream.end()
    }
    const stderr = new Output()
    const error = await thrownBy(() =>
      subscribe({
        targets: [targetAt(target.address, { subscription: { mode: 'once' } })],
        ...{ output: 'event', latency: false, utc: true, quiet: false, clock: systemClock, logger: new MemoryLogger() },
        ...{ stdout: new Output(failure), stderr, signal: new AbortController().signal },
        mappings: () => Promise.reject(new Error('there is no bus')),
      }),
    ).catch(() => undefined)
    await target.close()
    return { error, stderr: stderr.text }
  }

  it('says that nothing was dropped only where all was written', async () => {
    expect(await run()).to.deep.equal({
      error: undefined,
      stderr: 'notifications 1 · updates 1 · deletes 0 · merged by targets 0 · malformed 0 · drops 0\n',
    })
    const { error, stderr } = await run(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }))
    expect(error).to.include({ code: 'SHITOPS_E_FILE' })
    expect(stderr)
      .to.match(/the last of it is not written\n$/)
      .and.not.match(/drops/)
  })
})
