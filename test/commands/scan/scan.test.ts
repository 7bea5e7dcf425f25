import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, readFile, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { SimulatedHeadset, strangeAddress } from '../../collectors/ble/headset.ts'
import { type CliResult, runCli } from '../../support/cli.ts'
import { useTempDir } from '../../support/temp-dir.ts'
import { airLine, writeEnrolment } from '../support/enrolled.ts'

const DAY = 86_400_000
/** Yesterday at eight: a bus does not keep records for longer than a week. */
const NOW = Math.floor(Date.now() / DAY) * DAY - DAY + 8 * 3_600_000
const CAPTURE = resolve('../shared/data/ble/airpods.btsnoop')
const headset = new SimulatedHeadset(1)
const other = new SimulatedHeadset(2)
/** The hashes of an AirDrop sender, a handoff's counter and seal, a nearby-info tag: what leads to a person. */
const AIRDROP_HASHES = 'a1b2c3d4e5f60718'
const HANDOFF_IV = 'beef'
const HANDOFF_SEALED = randomBytes(11).toString('hex')
const AUTH_TAG = '5d6e7f'

type Line = { topic: string; value: Record<string, unknown> }
const parsed = ({ stdout }: CliResult) =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Line)

describe('shitops scan', () => {
  const dir = useTempDir()
  const path = (name: string) => join(dir(), name)
  const secrets: string[] = []

  /** Half a minute: a call of the enrolled headset from two addresses, strangers, and whatever else Apple devices send. */
  async function writeAir(): Promise<string> {
    const lines: string[] = []
    for (let second = 0; second < 30; second++) {
      const at = NOW + second * 1000
      lines.push(
        line(headset.frame({ state: second < 5 ? 'ringing' : 'call', left: 83, right: 79 }), headset.address(second < 15 ? 1 : 2), at),
      )
      for (let n = 0; n < 6; n++) lines.push(line(other.frame({}), strangeAddress(n), at))
      lines.push(line(Buffer.from(`4c000512000000000000000001${AIRDROP_HASHES}00`, 'hex'), strangeAddress(50), at))
      lines.push(line(Buffer.from(`4c000c0e00${HANDOFF_IV}${HANDOFF_SEALED}10061b1c${AUTH_TAG}00`, 'hex'), strangeAddress(51), at))
    }
    await writeFile(path('air.jsonl'), lines.join('\n'))
    return `file:${path('air.jsonl')}`
  }

  function line(data: Buffer, address: string, at: number): string {
    secrets.push(address, data.subarray(13).toString('hex'))
    return airLine(data, address, at)
  }

  const enrol = (expires?: string) => writeEnrolment(dir(), headset, expires)
  const scan = async (...args: string[]) =>
    runCli(['scan', '--source', await writeAir(), '--enrolment', await enrol(), '--secret-file', path('secret'), '--utc', ...args])

  it('tracks the enrolled, counts the rest, and lets nothing of what went in out again', async () => {
    const bus = ['--bus', `embedded:${path('bus')}`]
    const runs = [
      await scan(...bus, '--output', 'ndjson', '--verbose'),
      await scan(...bus, '--share', '--output', 'ndjson'),
      await scan('--no-publish', '--record', path('recorded.jsonl')),
      await scan('--no-publish', '--json'),
    ]
    expect(
      runs.map(({ code }) => code),
      runs.map(({ stderr }) => stderr).join('\n'),
    ).to.deep.equal([0, 0, 0, 0])
    const topics = await Promise.all(
      ['device_presence', 'audio_metrics'].map((topic) => runCli(['tail', topic, '--from', 'start', '--to', 'end', ...bus])),
    )
    for (const { stdout } of [...topics, runs[1] as CliResult]) expect(stdout).to.include('h-1')
    expect(runs[1]?.stdout).to.include('"topic":"ble_sightings"')

    const records = parsed(runs[0] as CliResult)
    const presence = records.filter(({ topic }) => topic === 'device_presence').map(({ value }) => value)
    expect(presence[0]).to.include({
      kind: 'arrived',
      person: 'h-1',
      team: 'ledger',
      left_battery_pct: 83,
      right_battery_pct: 79,
      authenticated: true,
    })
    expect(presence.filter(({ kind }) => kind === 'arrived')).to.have.length(1)
    expect(presence.at(-1)).to.include({ kind: 'crowd', device_count: 6, zone: 'rx-1' })
    const edges = records.filter(({ value }) => value.kind === 'edge' && value.audio_state === 'call')
    expect(edges).to.have.length(1)

    const input = await readFile(path('air.jsonl'), 'utf8')
    const decoded = await runCli(['scan', 'decode', '--enrolment', path('enrolment.json')], { input })
    expect(decoded.stdout).to.include('"headset":"h-1"').and.include('"kind":"airdrop"').and.include('"kind":"handoff"')

    const everything = [...runs, ...topics, decoded].map(({ stdout, stderr }) => stdout + stderr)
    const recorded = await readFile(path('recorded.jsonl'), 'utf8')
    // A recording keeps the encrypted part of status frames (docs/privacy.md); addresses and people's bytes it does not.
    const text = everything.join('\n').toLowerCase()
    const keys = [headset.irk, headset.enc].flatMap((key) => [key.toString('hex'), key.toString('base64')])
    const people = [
      AIRDROP_HASHES,
      HANDOFF_SEALED,
      `00${HANDOFF_IV}${HANDOFF_SEALED}`,
      `1b1c${AUTH_TAG}`,
      (await readFile(path('secret'), 'utf8')).trim(),
    ]
    for (const secret of new Set([...secrets, ...keys, ...people])) {
      expect(text.includes(secret.toLowerCase()), secret).to.equal(false)
      expect(text.includes(secret.replaceAll(':', '').toLowerCase()), secret).to.equal(false)
    }
    for (const secret of new Set([...secrets.filter((one) => one.includes(':')), ...keys, ...people]))
      expect(recorded.includes(secret), secret).to.equal(false)
    for (const secret of secrets) expect(text).not.to.include(createHash('sha256').update(secret).digest('hex'))
  })

  it('makes the secret of the pseudonyms once, for its owner alone, and plays its own recording to the same ids', async () => {
    const first = await scan('--no-publish', '--output', 'ndjson', '--record', path('recorded.jsonl'))
    expect((await stat(path('secret'))).mode & 0o777).to.equal(0o600)
    expect((await stat(path('recorded.jsonl'))).mode & 0o777).to.equal(0o600)
    const again = await runCli([
      ...['scan', '--source', `file:${path('recorded.jsonl')}`, '--enrolment', path('enrolment.json'), '--secret-file', path('secret')],
      ...['--no-publish', '--output', 'ndjson'],
    ])
    const ids = (run: CliResult) => [...new Set(parsed(run).map(({ value }) => value.device))]
    // The same records, exact batteries too: the key opens the frames of a recording as it opened those of the air.
    expect(parsed(again)).to.deep.equal(parsed(first))
    expect(parsed(again)[0]?.value).to.include({ left_battery_pct: 83, authenticated: true })
    await writeFile(path('secret'), `${'0'.repeat(64)}\n`)
    expect(ids(await scan('--no-publish', '--output', 'ndjson'))[0]).not.to.equal(ids(first)[0])
    await chmod(path('secret'), 0o644)
    expect((await scan('--no-publish')).code).to.equal(77)
  })

  it('does not record over the capture that it reads', async () => {
    const { code, stderr } = await scan('--no-publish', '--record', path('air.jsonl'))
    expect(code, stderr).to.equal(2)
    expect(stderr).to.include('would be emptied')
    expect((await stat(path('air.jsonl'))).size).to.be.above(0)
  })

  it('shows lines to a pipe, says what it tracks, and counts at the end', async () => {
    const { stdout, stderr } = await scan('--no-publish')
    expect(stdout).to.match(/^08:00:00 {2}arrived {3}h-1 .* rx-1 .*L 83% R 79%$/m)
    expect(stdout).to.match(/^08:00:05 {2}sound {5}h-1 .* call/m)
    expect(stdout).to.match(/others +rx-1 +6 senders/)
    expect(stderr).to.include('Tracking 1 enrolled headset for call load (works agreement)')
    expect(stderr).to.match(/enrolled 30.*unenrolled 180/)
  })

  it('does not track whose enrolment has expired', async () => {
    const source = await writeAir()
    const enrolment = await enrol('2026-01-30')
    const args = ['scan', '--source', source, '--enrolment', enrolment, '--secret-file', path('secret'), '--no-publish', '-o', 'ndjson']
    const run = await runCli(args)
    expect(parsed(run).map(({ value }) => value.kind)).to.deep.equal(['crowd'])
    expect(run.stderr).to.include('1 enrolled headset has expired')
  })

  it('reads a capture of real frames', async function () {
    if (!existsSync(CAPTURE)) return this.skip()
    const run = await runCli(['scan', '--source', `file:${CAPTURE}`, '--no-publish', '--json'])
    expect(run.code).to.equal(0)
    const { counters } = JSON.parse(run.stdout) as { counters: Record<string, number> }
    expect(counters.status_frames).to.be.above(50)
    expect(counters).to.not.have.property('published')
    expect(counters.malformed).to.equal(undefined)
  })

  it('refuses what it cannot read with exit 2', async () => {
    const wrong = [
      ['--duration', 'soon'],
      ['--speed', 'fast'],
      ['--zone', 'rx-1'],
      ['--source', 'sightings', '--no-publish'],
      ['--source', 'radio'],
    ]
    for (const args of wrong) {
      const { code, stderr } = await runCli(['scan', '--source', '-', '--no-publish', ...args])
      expect(code, `${args.join(' ')}: ${stderr}`).to.equal(2)
    }
  })
})
