import { execFileSync } from 'node:child_process'
import { createWriteStream, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { SimulatedHeadset } from '../../collectors/ble/headset.ts'
import { waitFor } from '../../support/kafka/wait-for.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { TerminalCli, terminalMissing } from '../../support/terminal.ts'
import { airLine, writeEnrolment } from '../support/enrolled.ts'

const NOW = Date.UTC(2026, 0, 30, 8)
const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const headset = new SimulatedHeadset(1)

describe('shitops scan at a terminal', () => {
  const dir = useTempDir()
  let cli: TerminalCli | undefined

  before(function () {
    const missing = terminalMissing()
    if (!missing) return
    console.log(`      skipped: ${missing}`)
    this.skip()
  })

  let pipe: WriteStream | undefined
  afterEach(() => {
    cli?.kill()
    pipe?.destroy()
  })

  it('redraws one table in place, and keeps it whole on Ctrl-C', async () => {
    const enrolment = await writeEnrolment(dir(), headset)
    // A pipe with a name, into which the test lets the next frames when it has seen the last ones.
    const air = join(dir(), 'air.jsonl')
    execFileSync('mkfifo', [air])
    const running = new TerminalCli(['scan', '--source', `file:${air}`, '--enrolment', enrolment, '--no-publish', '--utc'], dir())
    cli = running
    const into = createWriteStream(air)
    pipe = into
    const sends = (state: 'ringing' | 'call', from: number) =>
      into.write(
        Array.from({ length: 60 }, (_, second) => {
          const frame = headset.frame({ state, left: 83, right: 79 })
          return `${airLine(frame, headset.address(0), NOW + (from + second) * 1000)}\n`
        }).join(''),
      )
    const table = () => running.screen.filter((line) => /^(WHO|h-1) /.test(line))
    sends('ringing', 0)
    await waitFor('the ringing', () => /^h-1 +rx-1 .* ringing/.test(table()[1] ?? ''))
    sends('call', 60)
    await waitFor('the call', () => /^h-1 +rx-1 .* call \d+s? +L 83% R 79%/.test(table()[1] ?? ''))
    running.type(CTRL_C)
    await waitFor('the end', () => running.written.includes('Stopping'))
    // Node does not end while it reads of a pipe that says nothing.
    into.end()
    expect(await running.exited).to.equal(130)
    expect(table().map((line) => line.slice(0, 3))).to.deep.equal(['WHO', 'h-1'])
    expect(running.screen.join('\n')).to.match(/Stopping.*\nWHO .*\nh-1 .*\nothers: |Stopping.*\nWHO .*\nh-1 .*\n.*enrolled \d+/)
  })

  it('says what it waits for when it reads from the terminal', async () => {
    const running = new TerminalCli(['scan', 'decode'], dir())
    cli = running
    await waitFor('the word', () => running.written.includes('Reading frames, one a line, from the terminal; Ctrl-D ends them.'))
    running.type(`4c0010020b00\n${CTRL_D}`)
    expect(await running.exited).to.equal(0)
    expect(running.written).to.include('"kind":"nearby_info"')
  })
})
