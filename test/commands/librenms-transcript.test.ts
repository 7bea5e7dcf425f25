import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect } from 'chai'
import { runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'
import { useTempDir } from '../support/temp-dir.ts'

const DOCUMENT = 'docs/librenms.md'
/** The block of the document that this test writes and compares: `UPDATE_TRANSCRIPT=1 npx mocha test/commands/librenms-transcript.test.ts`. */
const BLOCK = /(?<=<!-- transcript -->\n```console\n)[\s\S]*?(?=```\n)/

/** What differs from run to run. */
const settled = (text: string) =>
  text
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?Z?/g, 'TIME')
    .replace(/"timestamp":\d+/g, '"timestamp":0')
    .replace(/person_[0-9a-f]{12}/g, 'PERSON')
    .replace(/127\.0\.0\.1:\d+/g, 'ADDRESS')
    .replace(/librenms-double-\w+/g, 'FOLDER')
    .replace(/\S+\/librenms-double/g, 'librenms-double')

/** The double in a process of its own, as `npm run librenms:double` starts it, and a person who types there. */
class Double {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor() {
    this.#child = spawn(process.execPath, ['--import', 'tsx', 'test/support/librenms.ts'], { stdio: ['pipe', 'pipe', 'inherit'] })
    if (!this.#child.stdout) throw new Error('no stdout')
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error('the double has ended')
    return value
  }

  /** @returns what it says to that */
  type(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`)
    return this.line()
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }
}

describe('LibreNMS from here and back, as the document tells it', function () {
  this.timeout(300_000)
  const dir = useTempDir()
  let double: Double
  let sync: LiveCli | undefined
  let transcript: string

  before(() => {
    transcript = ''
    double = new Double()
  })
  after(async () => {
    sync?.child.kill('SIGKILL')
    await sync?.exited
    await double.end()
  })

  const show = (...lines: string[]) => {
    for (const line of lines) transcript += `${line.trimEnd()}\n`
  }

  it('a port goes down, its record is on the topic; an alert is acknowledged from here, and LibreNMS has it', async () => {
    const bus = `embedded:${join(dir(), 'bus')}`
    const env = { SHITOPS_BUS: bus }
    const shitops = async (command: string, args: string[], input?: string): Promise<string> => {
      const { stdout, stderr, code } = await runCli(args, { env, ...(input !== undefined && { input }) })
      expect(code, stderr).to.equal(0)
      show(`$ ${command}`, ...stdout.split('\n').slice(0, -1))
      return stdout
    }
    const rows = async (topic: string, ...more: string[]): Promise<Array<Record<string, unknown>>> => {
      const { stdout } = await runCli(['tail', topic, '--to', 'end', '-o', 'raw', ...more], { env })
      return stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
    }
    const inDouble = async (line: string) => {
      const said = await double.type(line)
      show(`librenms> ${line}`, said)
      return said
    }

    // The double starts.
    show('$ npm run --silent librenms:double')
    const head = [await double.line(), await double.line(), await double.line()]
    show(...head, '')
    const url = /url\s+(\S+)/.exec(head[1] ?? '')?.[1] ?? ''
    const token = /token file\s+(\S+)/.exec(head[2] ?? '')?.[1] ?? ''
    const librenms = ['--url', url, '--token-file', token]

    // It is synced, and goes on.
    show(
      `$ export SHITOPS_BUS=embedded:./bus URL=${url} TOKEN=${token}`,
      '$ shitops librenms sync --url $URL --token-file $TOKEN --tail-interval 1s &',
    )
    sync = new LiveCli(['librenms', 'sync', ...librenms, '--tail-interval', '1s'], dir(), env)
    await sync.until(() => true)
    while ((await rows('librenms_links')).length < 2) if (sync.child.exitCode !== null) throw new Error(sync.stderr)
    await shitops('shitops tail librenms_ports --key 7 --to end -o raw', [
      'tail',
      'librenms_ports',
      '--key',
      '7',
      '--to',
      'end',
      '-o',
      'raw',
    ])
    show('')

    // A port goes down.
    expect(await inDouble('portDown access-1 ethernet-1/49')).to.equal('ok')
    const down = ['--key', '7', '--filter', 'value.if_oper_status == "down"']
    while ((await rows('librenms_ports', ...down)).length === 0) if (sync.child.exitCode !== null) throw new Error(sync.stderr)
    const shown = await shitops('shitops tail librenms_ports --key 7 --to end -o raw --filter \'value.if_oper_status == "down"\'', [
      ...['tail', 'librenms_ports', '--to', 'end', '-o', 'raw'],
      ...down,
    ])
    expect(JSON.parse(shown)).to.include({ device_id: 2, port_id: 7, if_name: 'ethernet-1/49', if_oper_status: 'down' })
    const event = await shitops('shitops tail librenms_events --to end -o raw', ['tail', 'librenms_events', '--to', 'end', '-o', 'raw'])
    expect(JSON.parse(event)).to.include({ device_id: 2, reference: '7', summary: 'ifOperStatus: up -> down' })
    show('')

    // LibreNMS raises an alert, and it is acknowledged from here.
    expect(JSON.parse(await inDouble('raise access-1 1'))).to.include({ id: 1, device_id: 2, state: 1 })
    while ((await rows('librenms_alerts')).length === 0) if (sync.child.exitCode !== null) throw new Error(sync.stderr)
    const value = {
      event_time: new Date().toISOString(),
      command_id: 'ack-1',
      ...{ device_id: 2, action: 'acknowledge', alert_id: 1 },
      arguments: { note: 'the cable is being changed' },
      expected: { state: 1 },
    }
    const command = JSON.stringify({ key: '2', value })
    await shitops('shitops topic create librenms_commands', ['topic', 'create', 'librenms_commands'])
    await shitops(`echo '${command}' | shitops produce librenms_commands`, ['produce', 'librenms_commands'], `${command}\n`)
    const pushed = await shitops('shitops librenms push --url $URL --token-file $TOKEN --once --yes', [
      ...['librenms', 'push', ...librenms, '--once', '--yes'],
    ])
    expect(pushed).to.match(/^applied +acknowledge +device 2 +ack-1/)
    show('')

    // The double has it, and so has the topic.
    const [alert] = JSON.parse(await inDouble('alerts')) as Array<Record<string, unknown>>
    expect(alert).to.include({ id: 1, state: 2 })
    expect(alert?.note).to.contain('the cable is being changed')
    expect(await sync.signal('SIGINT')).to.equal(130)
    show('$ kill -INT %1')
    const once = ['librenms', 'sync', ...librenms, '--once', '--quiet']
    await shitops('shitops librenms sync --url $URL --token-file $TOKEN --once --quiet', once)
    const acknowledged = [
      'tail',
      'librenms_alerts',
      '--to',
      'end',
      '-o',
      'raw',
      '-n',
      '1',
      '--filter',
      'value.alert_state == "acknowledged"',
    ]
    const last = await shitops(
      'shitops tail librenms_alerts --to end -o raw --filter \'value.alert_state == "acknowledged"\'',
      acknowledged,
    )
    expect(JSON.parse(last)).to.include({ alert_id: 1, device_id: 2, alert_state: 'acknowledged', until_clear: true })
    const results = await rows('librenms_results')
    expect(results.map(({ command_id, outcome }) => [command_id, outcome])).to.deep.equal([['ack-1', 'applied']])
  })

  it('is what the document shows', async () => {
    const document = await readFile(DOCUMENT, 'utf8')
    if (process.env.UPDATE_TRANSCRIPT)
      await writeFile(
        DOCUMENT,
        document.replace(BLOCK, () => transcript),
      )
    else expect(settled(transcript)).to.equal(settled(BLOCK.exec(document)?.[0] ?? ''))
  })
})
