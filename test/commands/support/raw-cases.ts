import { expect } from 'chai'
import type { Bus } from '../../../src/bus/bus.ts'
import { until } from '../../bus/ops/support.ts'
import { runCli } from '../../support/cli.ts'
import { LiveCli } from '../../support/live-cli.ts'

export interface RawSetting {
  bus: Bus
  directory: string
  env: Record<string, string>
  /** Killed when the tests are over. */
  live: LiveCli[]
}

/** What `produce --raw` promises on every bus. */
export function rawCases(setting: () => RawSetting): void {
  const topic = (name: string, partitions = 1) => setting().bus.createTopic({ name, partitions, config: { 'retention.ms': '-1' } })
  const produce = (args: string[], input: string | Buffer) => runCli(['produce', ...args, '--raw'], { env: setting().env, input })

  async function records(name: string): Promise<Array<{ key: string | null; value: Buffer; partition: number }>> {
    const { bus } = setting()
    const partitions = (await bus.offsets(name)).map(({ partition, earliest }) => ({ partition, from: earliest }))
    const found: Array<{ key: string | null; value: Buffer; partition: number }> = []
    for await (const batch of bus.read({ topic: name, partitions })) {
      for (const { key, value, partition } of batch) {
        found.push({ key: key === null ? null : key.toString(), value: Buffer.from(value ?? 'no value'), partition })
      }
    }
    return found
  }
  const values = async (name: string) => (await records(name)).map(({ value }) => value.toString('latin1'))

  it('each line is a value: the last without a line break too, an empty one an empty value, a carriage return a byte as any other', async () => {
    await topic('lines')
    const { code, stdout, stderr } = await produce(['lines'], 'one\n\nthree\r\n\nfive')
    expect([code, stdout, stderr]).to.deep.equal([0, '', '5 records written to lines.\n'])
    expect(await values('lines')).to.deep.equal(['one', '', 'three\r', '', 'five'])
    expect((await records('lines')).every(({ key }) => key === null)).to.equal(true)
    await topic('closed')
    expect((await produce(['closed', '--json'], 'one\n')).stdout).to.equal(
      `${JSON.stringify({ topic: 'closed', written: 1, invalid: 0, dryRun: false }, null, 2)}\n`,
    )
    await topic('empty')
    expect((await produce(['empty'], '')).stderr).to.equal('0 records written to empty.\n')
    expect(await values('empty')).to.deep.equal([])
  })

  it('any bytes but the line break are kept', async () => {
    await topic('bytes')
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => byte !== 0x0a))
    expect((await produce(['bytes'], Buffer.concat([bytes, Buffer.from('\n'), bytes.subarray(100), Buffer.from('\n')]))).code).to.equal(0)
    expect(await values('bytes')).to.deep.equal([bytes.toString('latin1'), bytes.toString('latin1', 100)])
  })

  it('more than a batch, and lines of all sizes, arrive in their order', async () => {
    await topic('many')
    const lines = Array.from({ length: 30_000 }, (_, i) => `${i} ${'x'.repeat(i % 5_000 === 0 ? 300_000 : i % 97)}`)
    expect((await produce(['many'], `${lines.join('\n')}\n`)).stderr).to.equal('30,000 records written to many.\n')
    const found = await values('many')
    expect(found.length).to.equal(lines.length)
    expect(found.findIndex((value, i) => value !== lines[i])).to.equal(-1)
  })

  it('--key is the key of all of them, and keeps them in one partition', async () => {
    await topic('keyed', 3)
    expect((await produce(['keyed', '--key', 'desk-7'], 'a\nb\nc')).code).to.equal(0)
    const found = await records('keyed')
    expect(found.map(({ key, value }) => [key, String(value)])).to.deep.equal(['a', 'b', 'c'].map((value) => ['desk-7', value]))
    expect(new Set(found.map(({ partition }) => partition)).size).to.equal(1)
  })

  it('a line is written when it has come, and Ctrl-C leaves out what it cuts in two', async () => {
    await topic('stopped')
    const { directory, env, live } = setting()
    const cli = new LiveCli(['produce', 'stopped', '--raw'], directory, env)
    live.push(cli)
    cli.child.stdin?.write('one\ntwo\nthr')
    await until('two records', async () => (await values('stopped')).length === 2)
    cli.child.stdin?.write('ee\nfo')
    await until('three records', async () => (await values('stopped')).length === 3)
    expect(await cli.signal('SIGINT')).to.equal(130)
    expect(cli.stderr).to.contain('3 records written to stopped.')
    expect(await values('stopped')).to.deep.equal(['one', 'two', 'three'])
  })

  it('an unknown topic is refused, the same with --json', async () => {
    const { code, stderr } = await produce(['nowhere'], 'a\n')
    expect([code, stderr.includes('SHITOPS_E_TOPIC_UNKNOWN')]).to.deep.equal([2, true])
    expect(JSON.parse((await produce(['nowhere', '--json'], 'a\n')).stdout).error.code).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
  })
}
