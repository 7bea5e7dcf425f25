import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { countUpdates, measureClient, missingForMeasuring } from '../../bench/support/measure-client.ts'
import { rejected } from '../office/gnmi/scripted/dial.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('measuring a gNMI client', () => {
  const dir = useTempDir()
  const event = '{"name":"a","values":{"b":1}}\n'

  before(function () {
    if (missingForMeasuring()) this.skip()
  })

  /** A client that works for some microseconds, writes, and stays or ends. */
  const client = (events: number, end: boolean, work = 200_000) => ({
    command: process.execPath,
    args: [
      '-e',
      `let n = 0; while (process.cpuUsage().user < ${work}) n++
       console.error('gone with ' + n)
       process.stdout.write(${JSON.stringify(event)}.repeat(${events}))
       ${end ? '' : 'setInterval(() => {}, 1000)'}`,
    ],
    output: { file: join(dir(), 'out.json'), by: 'stdout' as const },
  })

  it('sees its CPU time and its peak, and ends it', async () => {
    const measured = await measureClient(client(1_000, false), 1_000)
    expect(measured.updates).to.equal(1_000)
    expect(measured.cpuSeconds).to.be.within(0.1, 30)
    expect(measured.rss).to.be.greaterThan(10_000_000)
    expect(measured.wallSeconds).to.be.greaterThan(0.1)
  })

  it('says so when a client ends or stands still before it has written all, with its last words', async () => {
    const file = join(dir(), 'out.json')
    const ended = await rejected(measureClient(client(10, true), 11))
    expect(ended.message).to.match(/ended after 10 of 11 updates: gone with \d+/)
    const standing = () => rejected(measureClient(client(10, false, 0), 11, 2_500))
    let still = await standing()
    // On a busy machine it may not have begun by then.
    while (still.message.includes('after 0 of 11')) still = await standing()
    expect(still.message).to.match(/stopped writing after 10 of 11/)
    const output = { file, by: 'client' as const }
    expect((await rejected(measureClient({ command: '/nowhere', args: [], output }, 1))).message).to.match(/ENOENT/)
  })

  it('counts events over the borders of what it reads', async () => {
    const file = join(dir(), 'many.json')
    await writeFile(file, event.repeat(150_000))
    expect(await countUpdates(file)).to.equal(150_000)
  })
})
