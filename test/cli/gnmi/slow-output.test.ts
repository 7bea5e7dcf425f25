import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { openBus } from '../../../src/bus/open.ts'
import { SEQUENCE_BASE } from '../../../src/office/gnmi/load/counters.ts'
import { type LoadOptions, LoadTarget } from '../../../src/office/gnmi/load/load-target.ts'
import { Ledger } from '../../collectors/gnmi/support/ledger.ts'
import { telemetryOf } from '../../collectors/gnmi/support/telemetry.ts'
import { CLI, cliEnv } from '../../support/cli.ts'
import { waitFor } from '../../support/kafka/wait-for.ts'
import { PATIENCE } from '../../support/patience.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { TSX } from '../../support/tsx.ts'

const HOLD = fileURLToPath(new URL('./support/hold-store.ts', import.meta.url))
/** What may be on its way between a target and a reader: the flow control window, an inbox, the outlet, pipes. */
const ON_THE_WAY = 16 << 20
const UPDATES = 10

describe('gnmi subscribe where what it writes to is slow', function () {
  this.timeout(120_000)
  const home = useTempDir()
  const children: ChildProcess[] = []
  const targets: LoadTarget[] = []
  afterEach(async () => {
    for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
    for (const target of targets.splice(0)) await target.close()
  })

  const listen = async (options: Partial<LoadOptions> = {}) => {
    const target = await LoadTarget.listen({ kind: 'uint', updates: UPDATES, sequence: true, ...options })
    targets.push(target)
    return target
  }

  function start(target: LoadTarget, ...args: string[]) {
    const all = ['gnmi', 'subscribe', '-a', target.address, '--insecure', '--path', '/', '--encoding', 'proto', '--quiet', ...args]
    const child = spawn(process.execPath, [CLI, ...all], { env: cliEnv(home()), cwd: home(), stdio: ['ignore', 'pipe', 'pipe'] })
    children.push(child)
    let stderr = ''
    child.stderr.on('data', (text) => {
      stderr += text
    })
    return { child, stdout: child.stdout, ended: once(child, 'close'), said: () => stderr }
  }

  /** Resolves when the target has been standing still for a while. */
  async function heldBack(target: LoadTarget): Promise<number> {
    let last = -1
    for (let still = 0; still < 5; ) {
      await sleep(100)
      const { bytes } = target.sent
      still = bytes > 0 && bytes === last ? still + 1 : 0
      last = bytes
    }
    return last
  }

  it('holds the target back while the reader of its lines is slow, and drops nothing', async () => {
    const COUNT = 60_000
    const target = await listen({ count: COUNT, end: true })
    const { stdout, ended, said } = start(target, '--mode', 'once', '--output', 'event', '--no-publish')
    const lines = new LineCheck()
    // About 100 KB a second.
    for (let turn = 0; turn < 20; turn++) {
      await sleep(100)
      lines.add(stdout.read(Math.min(10_000, stdout.readableLength)) as Buffer | null)
    }
    expect(await heldBack(target)).to.be.below(ON_THE_WAY)
    expect(target.sent.messages).to.be.below(COUNT)
    stdout.on('data', (chunk: Buffer) => lines.add(chunk))
    const [code] = await ended
    expect(code, said()).to.equal(0)
    expect({ wrong: lines.wrong, lines: lines.count }).to.deep.equal({ wrong: 0, lines: COUNT * UPDATES })
    expect(target.sent.messages).to.equal(COUNT)
  })

  it('ends on Ctrl-C within its five seconds though nobody reads', async () => {
    const target = await listen()
    const { child, ended } = start(target, '--output', 'event', '--no-publish')
    await heldBack(target)
    const killer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
    child.kill('SIGINT')
    // The pipe is read only when it is over.
    await once(child, 'exit')
    clearTimeout(killer)
    expect(child.exitCode).to.equal(130)
    ;(child.stdout as Readable).resume()
    await ended
  })

  it('holds the target back while the bus is slow, and loses nothing', async () => {
    const COUNT = 100_000
    const target = await listen({ count: COUNT, end: true })
    const directory = join(home(), 'bus')
    const url = `embedded:${directory}`
    const { child, stdout, ended, said } = start(target, '--mode', 'once', '--bus', url)
    stdout.resume()
    await waitFor('the first messages', () => target.sent.messages > 0)
    // It stands still until the other is ready, or it might be through by then.
    child.kill('SIGSTOP')
    const holder = spawn(process.execPath, ['--import', TSX, HOLD, directory], { stdio: ['pipe', 'pipe', 'inherit'] })
    children.push(holder)
    let holds = ''
    holder.stdout.setEncoding('utf8').on('data', (text: string) => (holds += text))
    await waitFor('the other to be ready', () => holds.includes('ready'))
    child.kill('SIGCONT')
    await waitFor('the lock', () => holds.includes('held'))
    expect(await heldBack(target)).to.be.below(ON_THE_WAY)
    expect(target.sent.messages).to.be.below(COUNT)
    holder.kill('SIGKILL')
    const [code] = await ended
    expect(code, said()).to.equal(0)
    const again = await openBus(url)
    const ledger = new Ledger(target.address, UPDATES)
    for await (const record of telemetryOf(again)) ledger.add(record)
    await again.close()
    ledger.close(new Map([[0, COUNT]]))
    expect(ledger.violations).to.deep.equal({ lost: 0, doubled: 0, misplaced: 0, facts: 0, said: [] })
  })
})

/** Event lines of a stream whose messages are numbered: each number in its place, so many times as a message has updates. */
class LineCheck {
  count = 0
  wrong = 0
  #rest = ''

  add(chunk: Buffer | null): void {
    if (!chunk) return
    const lines = `${this.#rest}${chunk}`.split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) {
      const number = Number(/"values":\{"[^"]*":(\d+)\}/.exec(line)?.[1]) - SEQUENCE_BASE
      if (number !== Math.floor(this.count / UPDATES)) this.wrong++
      this.count++
    }
  }
}
