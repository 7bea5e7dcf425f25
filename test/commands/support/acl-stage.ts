import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing, createMissingTopics } from '../../../src/bus/ops/create-missing.ts'
import { LIBRENMS_TOPICS } from '../../../src/collectors/librenms/index.ts'
import { PUSH_TOPICS } from '../../../src/collectors/librenms/push/push.ts'
import { examplesOf, toRecord } from '../../../src/events/index.ts'
import { ScriptedTarget } from '../../../src/office/gnmi/scripted/index.ts'
import { LibrenmsServer } from '../../../src/office/librenms/server.ts'
import { World } from '../../../src/office/librenms/world/world.ts'
import { JOB_UNITS_SPEC } from '../../../src/query/run/job-units.ts'
import { FED_TOPICS } from '../../../src/server/feed/topics.ts'
import { openFlaky } from '../../bus/spool/support.ts'
import { SimulatedHeadset, strangeAddress } from '../../collectors/ble/headset.ts'
import { TOKEN } from '../../office/librenms/setup.ts'
import { CLI, type CliResult, cliEnv, runCli } from '../../support/cli.ts'
import { HandClock } from '../../support/hand-clock.ts'
import type { KafkaCluster } from '../../support/kafka/index.ts'
import { LiveCli } from '../../support/live-cli.ts'
import { PtyTerminal } from '../../support/pty-terminal.ts'
import { airLine } from './enrolled.ts'
import { Notified } from './notified.ts'

export const USER = 'ops'
export const PASSWORD = 'pw-of-ops'
/** Commands on a busy machine. */
export const COMMAND_MS = 180_000
const INPUT = '{"key":"k","value":{"a":1},"timestamp":1774944000000}\n'
/** As docs/kafka-acls.md names them. */
const [FINGERPRINT, SILENCE] = ['4d2f9c07a1b3e586', '0f8c2a6e91d34b57']
const GNMI = 'leaf1:57400'
const LIBRENMS = 'https://nms.example'

/** A broker and everything around it that the commands of docs/kafka-acls.md need, so that whatever fails there is a permission. */
export class AclStage {
  readonly #kafka: KafkaCluster
  readonly #bus: Bus
  readonly #folder: string
  readonly #target: ScriptedTarget
  readonly #librenms: LibrenmsServer
  readonly #notified: Notified

  private constructor(
    kafka: KafkaCluster,
    bus: Bus,
    folder: string,
    { target, librenms, notified }: { target: ScriptedTarget; librenms: LibrenmsServer; notified: Notified },
  ) {
    this.#kafka = kafka
    this.#bus = bus
    this.#folder = folder
    this.#target = target
    this.#librenms = librenms
    this.#notified = notified
  }

  static async set(kafka: KafkaCluster): Promise<AclStage> {
    const folder = await mkdtemp(join(tmpdir(), 'shitops-acls-'))
    const bus = await openBus(kafka.url())
    const target = await ScriptedTarget.listen({ strict: true })
    target.onSubscribe = async (stream) => {
      await stream.sync()
      stream.end()
    }
    const clock = new HandClock(Date.now())
    const librenms = await LibrenmsServer.listen({
      world: new World({ clock }),
      token: [{ token: TOKEN, username: 'shitops', rights: 'admin' }],
      clock,
    })
    const stage = new AclStage(kafka, bus, folder, { target, librenms, notified: await Notified.listen() })
    await stage.#fillBus()
    await stage.#fillFolder()
    await stage.#runBefore()
    return stage
  }

  /** Everything that commands would make is there: what they need beyond that is the question. */
  async #fillBus(): Promise<void> {
    const bus = this.#bus
    for (const name of ['orders', 'copy', 'old']) await bus.createTopic({ name, partitions: 1, config: { 'retention.ms': '-1' } })
    await createMissing(bus, [
      ...FED_TOPICS.map(({ topic }) => topic),
      ...[
        'audit_log',
        'workflow_events.dlq',
        'device_telemetry',
        'device_telemetry.dlq',
        'librenms_doorbell',
        ...LIBRENMS_TOPICS,
        ...PUSH_TOPICS,
      ],
      ...['ble_sightings', 'alert_notifications', 'alert_notifications.dlq'],
    ])
    await bus.append('orders', [{ key: 'k', value: '{"a":1}', timestamp: 1_774_944_000_000 }])
    await bus.commitOffsets('desk', [{ topic: 'orders', partition: 0, offset: 1 }])
    await createMissingTopics(bus, [JOB_UNITS_SPEC])
    const at = new Date().toISOString()
    const alert = { ...(await examplesOf('alerts')).full, fingerprint: FINGERPRINT, status: 'pending', event_time: at, active_at: at }
    await bus.append('alerts', [toRecord('alerts', alert as never, { source: '/test' })])
    const ack = { ...(await examplesOf('alert_acks')).full, fingerprint: 'another' }
    await bus.append('alert_acks', [toRecord('alert_acks', ack as never, { source: '/test' })])
    const command = { ...(await examplesOf('librenms_commands')).minimal, command_id: 'to be done', event_time: at }
    await bus.append('librenms_commands', [toRecord('librenms_commands', command as never, { source: '/test' })])
    const result = { ...(await examplesOf('librenms_results')).minimal, command_id: 'done' }
    await bus.append('librenms_results', [toRecord('librenms_results', result as never, { source: '/test' })])
    const until = new Date(Date.now() + 3_600_000).toISOString()
    const silence = { ...(await examplesOf('alert_silences')).full, silence_id: SILENCE, event_time: at, starts_at: at, ends_at: until }
    await bus.append('alert_silences', [toRecord('alert_silences', silence as never, { source: '/test' })])
  }

  /** Jobs, syncs and imports that are there have state to read, and topics of their own. */
  async #runBefore(): Promise<void> {
    const sync = ['librenms', 'sync', '--url', this.#librenms.url, '--token-file', 'read.token', '--once']
    const imported = ['workflow', 'import', 'log.csv', '--map', 'case=case,activity=activity,time=time']
    for (const args of [['analyze', '--insight', 'device_flapping', '--from', 'start', '--until-end'], sync, imported]) {
      const { code, stderr } = await runCli(args, { env: { SHITOPS_BUS: this.#kafka.url() }, cwd: this.#folder, timeoutMs: COMMAND_MS })
      if (code !== 0) throw new Error(`${args.join(' ')}: ${code} ${stderr}`)
    }
  }

  async #fillFolder(): Promise<void> {
    const file = async (name: string, text: string) => {
      await writeFile(join(this.#folder, name), text)
      await chmod(join(this.#folder, name), 0o600)
    }
    await file('password', PASSWORD)
    await file('read.token', TOKEN)
    await file('rules.yaml', 'rules:\n  - {name: swift, rule: response, activity: approve, followed_by: pay, within: 1h}\n')
    await file('log.csv', 'case,activity,time\nA,approve,2026-03-31T08:00:00Z\nA,pay,2026-03-31T09:00:00Z\n')
    await this.#notified.configure(this.#folder)
    await file('q.sql', 'SELECT metric, `value` FROM device_metrics;\n')
    await file('air.jsonl', `${airLine(new SimulatedHeadset(1).frame({}), strangeAddress(1), Date.now() - 60_000)}\n`)
    const { bus: spooling } = await openFlaky(join(this.#folder, 'spool'), () => openBus(this.#kafka.url()), { mode: 'down' })
    await spooling.append('orders', [{ key: 'k', value: '{"a":2}', timestamp: 1_774_944_000_000 }])
    await spooling.close()
  }

  /** A line of the page, typed as the user whose permissions are in question. */
  async run(command: string): Promise<CliResult> {
    const login = { sasl: 'scram-sha-512', saslUsername: USER, saslPasswordFile: join(this.#folder, 'password') }
    const env = { SHITOPS_BUS: this.#kafka.url(login, 'sasl'), USER: 'netops-1' }
    const args = command
      .replace(/^shitops /, '')
      .replace(GNMI, this.#target.address)
      .replace(LIBRENMS, this.#librenms.url)
      .split(' ')
    // A server has done what is asked of it when it is ready, whoever follows when it does, a notifier when somebody is told.
    if (args[1] === 'conform') return this.#until(({ stderr }) => stderr.includes('Following workflow_events'), args, env)
    if (args[0] === 'serve') return this.#until(({ stderr }) => stderr.includes('Ready'), args, env)
    if (args[1] === 'notify') return this.#until(await this.#notified.ask(this.#bus), args, env)
    if (args[0] === 'dash') return this.#untilShown(args, env)
    return runCli(args, { env, ...(args[0] === 'produce' && { input: INPUT }), cwd: this.#folder, timeoutMs: COMMAND_MS })
  }

  /** What runs until it is told to stop. @param holds when it has done what is asked of it; it ends well then */
  async #until(holds: (cli: LiveCli) => boolean, args: readonly string[], env: Record<string, string>): Promise<CliResult> {
    const live = new LiveCli(args, this.#folder, env)
    const waiting = live.until(holds, undefined, COMMAND_MS).then(
      () => false,
      () => true,
    )
    const ended = await Promise.race([waiting, live.exited.then(() => true)])
    // That it goes on and on without doing it is an answer as well.
    const code = await (!ended ? live.signal('SIGTERM') : live.child.exitCode === null ? live.signal('SIGKILL') : live.exited)
    return { stdout: live.stdout, stderr: live.stderr, code: !ended && code === 143 ? 0 : code }
  }

  /** A dashboard has done what is asked of it when it is live; it is quit then. */
  async #untilShown(args: readonly string[], env: Record<string, string>): Promise<CliResult> {
    const whole = cliEnv(this.#folder, { ...env, TERM: 'xterm-256color' }) as Record<string, string>
    // So wide that no error is broken in two.
    const terminal = await PtyTerminal.spawn(process.execPath, [CLI, ...args], { columns: 500, rows: 26, cwd: this.#folder, env: whole })
    try {
      const over = () => terminal.exit !== undefined
      await terminal.until('the dashboard is live', () => over() || terminal.screen.includes('● LIVE'), COMMAND_MS)
      if (!over()) terminal.type('q')
      await terminal.until('it has ended', over, COMMAND_MS)
      return { stdout: '', stderr: terminal.written, code: terminal.exit?.exitCode ?? -1 }
    } finally {
      terminal.kill()
    }
  }

  async strike(): Promise<void> {
    await this.#bus.close()
    await this.#target.close()
    await this.#librenms.close()
    await this.#notified.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
