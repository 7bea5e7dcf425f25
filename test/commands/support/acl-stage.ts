import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing, createMissingTopics } from '../../../src/bus/ops/create-missing.ts'
import { LIBRENMS_TOPICS } from '../../../src/collectors/librenms/index.ts'
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
import { COMMAND_MS, PASSWORD, type Stage, USER } from './acl-check.ts'
import { AclWork, type Deed } from './acl-work.ts'
import { airLine } from './enrolled.ts'
import { Notified } from './notified.ts'

const INPUT = '{"key":"k","value":{"a":1},"timestamp":1774944000000}\n'
/** As docs/kafka-acls.md names them. */
const [FINGERPRINT, SILENCE] = ['4d2f9c07a1b3e586', '0f8c2a6e91d34b57']
const GNMI = 'leaf1:57400'
const LIBRENMS = 'https://nms.example'
const MIRROR = 'kafka://copy:9092'

/** A broker and everything around it that the commands of docs/kafka-acls.md need, so that whatever fails there is a permission. */
export class AclStage implements Stage {
  readonly #kafka: KafkaCluster
  readonly #bus: Bus
  readonly #folder: string
  readonly #target: ScriptedTarget
  readonly #librenms: LibrenmsServer
  readonly #notified: Notified
  readonly #work: AclWork

  private constructor(
    kafka: KafkaCluster,
    bus: Bus,
    folder: string,
    { target, librenms, notified, work }: { target: ScriptedTarget; librenms: LibrenmsServer; notified: Notified; work: AclWork },
  ) {
    this.#kafka = kafka
    this.#bus = bus
    this.#folder = folder
    this.#target = target
    this.#librenms = librenms
    this.#notified = notified
    this.#work = work
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
    const world = new World({ clock })
    const librenms = await LibrenmsServer.listen({
      world,
      token: [{ token: TOKEN, username: 'shitops', rights: 'admin' }],
      clock,
    })
    const work = new AclWork(bus, folder, world)
    const stage = new AclStage(kafka, bus, folder, { target, librenms, notified: await Notified.listen(), work })
    await stage.#fillBus()
    await work.prepare()
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
      ...['audit_log', 'workflow_events.dlq', 'device_telemetry', 'device_telemetry.dlq', 'librenms_doorbell', ...LIBRENMS_TOPICS],
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
    for (const name of ['read.token', 'write.token']) await file(name, TOKEN)
    await file('rules.yaml', AclWork.rules)
    await file('topics.yaml', 'version: 1\ntopics:\n  orders: { retention: unlimited }\n')
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
    const url = this.#kafka.url(login, 'sasl')
    const env = { SHITOPS_BUS: url, USER: 'netops-1' }
    const args = command
      .replace(/^shitops /, '')
      .replace(GNMI, this.#target.address)
      .replace(LIBRENMS, this.#librenms.url)
      .replace(MIRROR, url)
      .split(' ')
    const deed = await this.#deedOf(args)
    if (deed) return this.#until(deed, args, env)
    if (args[0] === 'dash') return this.#untilShown(args, env)
    return runCli(args, { env, ...(args[0] === 'produce' && { input: INPUT }), cwd: this.#folder, timeoutMs: COMMAND_MS })
  }

  /** Gives a command something to do. @returns of one that runs until it is told to stop: what shows that it has done what is asked of it */
  async #deedOf([topic, command, ...flags]: readonly string[]): Promise<Deed | undefined> {
    const work = this.#work
    if (topic === 'serve') return async ({ stderr }) => stderr.includes('Ready')
    if (topic === 'analyze' && command === '--insight' && !flags.includes('--until-end')) return work.sample('insights.device_flapping')
    if (flags.includes('--mirror')) await work.beat()
    if (command === 'notify') {
      const told = await this.#notified.ask(this.#bus)
      return async () => told()
    }
    if (command === 'conform' && flags.includes('--publish')) return work.override()
    if (command === 'receive') return work.ring()
    if (command === 'push') await work.command()
    return undefined
  }

  /** What runs until it is told to stop. It ends well once the deed is done. */
  async #until(deed: Deed, args: readonly string[], env: Record<string, string>): Promise<CliResult> {
    const live = new LiveCli(args, this.#folder, env)
    let done = false
    const look = async () => {
      done = await deed(live)
    }
    const waiting = live
      .until(() => done, look, COMMAND_MS)
      .then(
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
