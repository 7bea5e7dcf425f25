import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Bus } from '../../../src/bus/bus.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { PUSH_TOPICS } from '../../../src/collectors/librenms/push/push.ts'
import { dlqTopic, examplesOf, toEventTime, toRecord } from '../../../src/events/index.ts'
import type { World } from '../../../src/office/librenms/world/world.ts'
import { checkpoint, heartbeat, offsetSync } from '../../bus/kafka/mirror/mm2-records.ts'
import { claims } from '../../mining/predict/claims.ts'
import type { LiveCli } from '../../support/live-cli.ts'

/** Something that a command is given to do while it runs: called now and then, true once it is done. */
export type Deed = (live: LiveCli) => Promise<boolean>

const OVERRIDE = 'override limit'
const MIRROR_TOPICS = ['a.orders', 'heartbeats', 'a.checkpoints.internal', 'mm2-offset-syncs.a.internal', 'mm2-offset-syncs.b.internal']

/** A permission is needed where there is something to do: work for commands, new each time, since what one run has done is done for the next. */
export class AclWork {
  /** By which `workflow conform` judges: whoever overrides, breaks one. */
  static readonly rules = `rules:\n  - {name: no_override, rule: absence, activity: ${OVERRIDE}}\n`
  readonly #bus: Bus
  readonly #folder: string
  readonly #world: World
  #count = 0

  constructor(bus: Bus, folder: string, world: World) {
    this.#bus = bus
    this.#folder = folder
    this.#world = world
  }

  /** Cases that have ended and some that go on, and what MirrorMaker 2 would make. */
  async prepare(): Promise<void> {
    const bus = this.#bus
    const letters = ['librenms_doorbell', 'device_presence', 'audio_metrics', 'device_metrics', 'device_telemetry', 'workflow_events']
    await createMissing(bus, [...PUSH_TOPICS, ...letters.map(dlqTopic)])
    for (const name of MIRROR_TOPICS) await bus.createTopic({ name, partitions: 1, config: { 'retention.ms': '-1' } })
    await bus.append('a.orders', [{ key: 'k', value: '{"a":1}', timestamp: 1_774_944_000_000 }])
    for (const name of ['mm2-offset-syncs.a.internal', 'mm2-offset-syncs.b.internal'])
      await bus.append(name, [offsetSync('orders', 0, 0, 0)])
    // To know what was done already is a permission of its own, where anything was, and retention has not taken it.
    const result = { ...(await examplesOf('librenms_results')).minimal, command_id: 'done', event_time: toEventTime(Date.now()) }
    await bus.append('librenms_results', [toRecord('librenms_results', result as never, { source: '/test' })])
    await bus.append('a.checkpoints.internal', [checkpoint('desk', 'a.orders', 0, 1, 1)])
    const events = claims(30)
    // Not so long ago that retention takes them.
    const ago = Date.now() - Date.parse(events.at(-1)?.event_time ?? '')
    const recent = events.map((event) => ({ ...event, event_time: toEventTime(Date.parse(event.event_time) + ago) }))
    await bus.append(
      'workflow_events',
      recent.map((event) => toRecord('workflow_events', event, { source: '/test' })),
    )
  }

  /** For `librenms push`. */
  async command(): Promise<void> {
    const id = `command-${this.#count++}`
    const command = { event_time: toEventTime(Date.now()), command_id: id, device_id: 1, action: 'annotate', arguments: { text: id } }
    await this.#bus.append('librenms_commands', [toRecord('librenms_commands', command as never, { source: '/test' })])
  }

  /** MirrorMaker lives. */
  async beat(): Promise<void> {
    await this.#bus.append('heartbeats', [heartbeat('a', 'b', Date.now())])
  }

  /** For `librenms receive`: an alert that rings, and is there to be read. */
  async ring(): Promise<Deed> {
    const { id } = this.#world.raiseAlert(1, 1)
    const before = await this.#written('librenms_alerts')
    let rung = false
    return async ({ stderr }) => {
      const url = /^alert transport: (\S+),/m.exec(stderr)?.[1]
      if (url === undefined || !stderr.includes('plugin: ')) return false
      if (rung) return (await this.#written('librenms_alerts')) > before
      rung = true
      const secret = (await readFile(join(this.#folder, '.config', 'shitops', 'librenms-receive', 'webhook.secret'), 'utf8')).trim()
      const body = JSON.stringify({ uid: `ring-${this.#count++}`, alert_id: id, device_id: 1, rule_id: 1, state: 1 })
      await fetch(url, { method: 'POST', headers: { 'x-shitops-secret': secret }, body })
      return false
    }
  }

  /** For `workflow conform --publish`: somebody overrides once it follows. */
  override(): Deed {
    const id = `case-${this.#count++}`
    let done = false
    return async ({ stdout, stderr }) => {
      if (!stderr.includes('Following')) return false
      if (!done) {
        const event = { event_time: toEventTime(Date.now()), case_id: id, activity: OVERRIDE, lifecycle: 'completed' } as const
        await this.#bus.append('workflow_events', [toRecord('workflow_events', event, { source: '/test' })])
      }
      done = true
      return stdout.includes(id)
    }
  }

  /** For `analyze` without an end: a sample once it runs, of which the job remembers that it has read it. */
  sample(job: string): Deed {
    let end: number | undefined
    return async ({ stderr }) => {
      if (!stderr.includes('runs here')) return false
      if (end === undefined) {
        const sample = { ...(await examplesOf('device_metrics')).full, event_time: toEventTime(Date.now()) }
        await this.#bus.append('device_metrics', [toRecord('device_metrics', sample as never, { source: '/test' })])
        end = await this.#written('device_metrics')
      }
      // Each part of a job is a group of its own.
      const parts = (await this.#bus.listGroups()).filter(({ group }) => group.startsWith(`${job}/`))
      const commits = (await Promise.all(parts.map(({ group }) => this.#bus.fetchOffsets(group, ['device_metrics'])))).flat()
      return commits.reduce((sum, { offset }) => sum + offset, 0) >= end
    }
  }

  async #written(topic: string): Promise<number> {
    return (await this.#bus.offsets(topic)).reduce((sum, { latest }) => sum + latest, 0)
  }
}
