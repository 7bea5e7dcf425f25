import type { Clock } from '../../../base/clock.ts'
import type { Logger } from '../../../base/log.ts'
import type { Bus, BusRecord, Claim, OutRecord, RecordBatch } from '../../../bus/bus.ts'
import {
  dlqRecord,
  dlqTopic,
  type LibrenmsCommand,
  type LibrenmsResult,
  toRecord,
  type Validator,
  validatorOf,
} from '../../../events/index.ts'
import type { Metrics } from '../../metrics.ts'
import type { ActionName, PushApi } from './action.ts'
import { DoneCommands } from './done-commands.ts'
import { type Outcome, resultOf } from './outcome.ts'
import { OwnWrites } from './own-writes.ts'
import { perform } from './perform.ts'
import { RateLimit } from './rate-limit.ts'

export interface PushOptions {
  bus: Bus
  api: PushApi
  /** Which LibreNMS this is: commands for others are left to others. */
  instance?: string | undefined
  /** False: nothing is written to LibreNMS. */
  write: boolean
  allowed: ReadonlySet<ActionName>
  /** Writes in any minute. */
  perMinute: number
  /** Age at which a command without `expires_at` is not done any more, ms. */
  maxAge: number
  clock: Clock
  signal: AbortSignal
  /** Once this aborts: do what is on the bus by then, and return. */
  drain?: AbortSignal | undefined
  metrics: Metrics
  logger: Logger
  onResult?(result: LibrenmsResult, command: LibrenmsCommand): void
}

const COMMANDS = 'librenms_commands'
const RESULTS = 'librenms_results'
const LETTERS = dlqTopic(COMMANDS)

export const PUSH_TOPICS = [COMMANDS, RESULTS, LETTERS]

const SOURCE = '/librenms/push'

/** A group member that is silent for longer loses its partitions; a write may take longer than that. */
const HEARTBEAT = 1_500

/**
 * Do the commands of `librenms_commands`, one after the other, and say on `librenms_results` what became of each: the result and the group's
 * position are written together, so that a run that is killed leaves no command out. One that was done and not yet written down is looked at
 * again and found done. Counts `received`, each outcome, `repeated`, `malformed`, `others`.
 *
 * A dry run is a group of its own: what it has looked at is still to be done.
 */
export async function push(options: PushOptions): Promise<void> {
  await new Push(options).run()
}

class Push {
  readonly #options: PushOptions
  readonly #group: string
  readonly #done: DoneCommands
  readonly #ownWrites = new OwnWrites()
  readonly #rateLimit: RateLimit
  readonly #ended = new AbortController()
  /** Partitions come side by side; LibreNMS is asked by one at a time. */
  #turn: Promise<unknown> = Promise.resolve()
  #validate: Validator | null = null
  /** Under which hold on each partition it was taken over. */
  readonly #takenOver = new Map<number, string>()
  /** Where the partitions ended when draining began. */
  #ends: Map<number, number> | undefined
  /** What this one has committed last, by partition: that is so, whatever a coordinator that was frozen may say. */
  readonly #committed = new Map<number, number>()

  constructor(options: PushOptions) {
    const { bus, instance, write, clock, perMinute } = options
    this.#options = options
    this.#group = groupOf(instance, write)
    this.#done = new DoneCommands(bus, instance)
    this.#rateLimit = new RateLimit(clock, perMinute)
  }

  async run(): Promise<void> {
    const { bus, signal, drain } = this.#options
    this.#validate = await validatorOf(COMMANDS)
    const until = AbortSignal.any([signal, this.#ended.signal])
    const startDraining = () => void this.#drain()
    drain?.addEventListener('abort', startDraining, { once: true })
    try {
      await bus.consume({
        group: this.#group,
        topics: [COMMANDS],
        start: 'earliest',
        signal: until,
        onAssigned: () => {
          if (drain?.aborted) startDraining()
        },
        onBatch: (batch, claim) => this.#inTurn(() => this.#take(batch, claim)),
      })
    } finally {
      drain?.removeEventListener('abort', startDraining)
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  async #take(batch: RecordBatch, claim: Claim): Promise<void> {
    const { signal } = this.#options
    const finished = new AbortController()
    const heartbeats = this.#heartbeats(claim, finished.signal)
    try {
      // Whoever has lost the partition meanwhile would fence its new holder.
      if (batch.count > 0 && claim.active()) await this.#learn(batch.partition, claim)
      for (const record of batch) {
        if (signal.aborted || !claim.active()) return
        if (!(await this.#do(record, claim))) return
      }
      await claim.commit(batch.nextOffset)
      this.#committed.set(batch.partition, batch.nextOffset)
    } finally {
      finished.abort()
      await heartbeats
    }
    await this.#endIfDrained()
  }

  /**
   * What is done already. Whoever had the partition before may have done a command of it that is here once more: that must be known, whatever a broker
   * says of where the results end; and whoever may not write them is refused before LibreNMS is touched. In a dry run nothing is done, and nobody is
   * fenced. @throws SHITOPS_E_BUS_AUTH
   */
  async #learn(partition: number, { memberId, generation }: Claim): Promise<void> {
    const { signal, write } = this.#options
    const hold = `${memberId}/${generation}`
    if (write && this.#takenOver.get(partition) !== hold) {
      await this.#done.takeOver(this.#writerOf(partition), [LETTERS], signal)
      if (!signal.aborted) this.#takenOver.set(partition, hold)
    } else await this.#done.catchUp(signal)
  }

  /** @returns false when it was left undone */
  async #do(record: BusRecord, claim: Claim): Promise<boolean> {
    const { instance, metrics, logger, clock, write } = this.#options
    metrics.add('received')
    const command = this.#read(record)
    if (typeof command === 'string') {
      metrics.add('malformed')
      logger.warn(`a command cannot be read: ${command}; it is in librenms_commands.dlq`)
      const { key, value, timestamp, headers, partition, offset } = record
      const reason = { code: 'SHITOPS_E_RECORD_INVALID', message: command }
      await this.#write(
        record,
        claim,
        dlqTopic(record.topic),
        dlqRecord(record.topic, { key, value, timestamp, headers, partition, offset }, reason, clock.now()),
      )
      return true
    }
    if (command.instance !== instance) {
      metrics.add('others')
      return true
    }
    if (this.#done.has(command.command_id)) {
      metrics.add('repeated')
      return true
    }
    const outcome = await this.#perform(command)
    if (!outcome) return false
    const result = resultOf(command, outcome, clock.now())
    metrics.add(outcome.outcome)
    await this.#write(record, claim, RESULTS, toRecord(RESULTS, result, { source: SOURCE }))
    if (write && outcome.outcome !== 'dry_run') this.#done.add(command.command_id)
    this.#options.onResult?.(result, command)
    return true
  }

  #perform(command: LibrenmsCommand): Promise<Outcome | undefined> {
    const { api, write, allowed, maxAge, clock, signal, logger } = this.#options
    const own = { ownWrites: this.#ownWrites, rateLimit: this.#rateLimit }
    return perform(command, { api, write, allowed, maxAge, ...own, clock, signal, logger })
  }

  /** The command, or what is wrong with it. */
  #read({ value }: BusRecord): LibrenmsCommand | string {
    const problems = this.#validate?.(value)
    if (!problems) return JSON.parse(String(value)) as LibrenmsCommand
    return problems.map(({ path, message }) => `${path} ${message}`.trim()).join('; ')
  }

  /** Together with the position after the record. */
  async #write({ topic, partition, offset }: BusRecord, claim: Claim, to: string, record: OutRecord): Promise<void> {
    const commits = [{ topic, partition, offset: offset + 1 }]
    await this.#options.bus.transact({
      id: this.#writerOf(partition),
      appends: [{ topic: to, records: [record] }],
      offsets: { group: this.#group, commits, claim },
    })
  }

  #writerOf(partition: number): string {
    return `${this.#group}-${partition}`
  }

  async #heartbeats(claim: Claim, until: AbortSignal): Promise<void> {
    const { clock } = this.#options
    while (!until.aborted) {
      await clock.sleep(HEARTBEAT, until)
      if (!until.aborted && claim.active()) await claim.heartbeat().catch(() => {})
    }
  }

  async #drain(): Promise<void> {
    const offsets = await this.#options.bus.offsets(COMMANDS)
    this.#ends ??= new Map(offsets.map(({ partition, latest }) => [partition, latest]))
    await this.#endIfDrained()
  }

  async #endIfDrained(): Promise<void> {
    const ends = this.#ends
    if (!ends || this.#ended.signal.aborted) return
    const { bus } = this.#options
    const committed = new Map((await bus.fetchOffsets(this.#group, [COMMANDS])).map(({ partition, offset }) => [partition, offset]))
    // What was deleted for its age is not waited for.
    const held = new Map((await bus.offsets(COMMANDS)).map(({ partition, earliest }) => [partition, earliest]))
    const at = (partition: number) => Math.max(...[this.#committed, committed, held].map((known) => known.get(partition) ?? 0))
    if ([...ends].every(([partition, end]) => at(partition) >= end)) this.#ended.abort()
  }
}

export const groupOf = (instance: string | undefined, write: boolean) =>
  ['shitops-librenms-push', ...(instance === undefined ? [] : [instance]), ...(write ? [] : ['dry-run'])].join('-')
