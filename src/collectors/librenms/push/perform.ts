import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import type { LibrenmsCommand } from '../../../events/index.ts'
import type { Answer } from '../client/api.ts'
import { type ActionName, type Fields, type Plan, type PushApi, Refusal } from './action.ts'
import { ACTIONS, type AnyAction } from './actions/index.ts'
import { isApiFailure, passes, statusOf } from './failures.ts'
import type { Outcome } from './outcome.ts'
import type { OwnWrites } from './own-writes.ts'
import type { RateLimit } from './rate-limit.ts'
import { sameValue } from './same-value.ts'

export interface PerformOptions {
  api: PushApi
  /** False: look, and say what would be done. */
  write: boolean
  allowed: ReadonlySet<ActionName>
  /** Age at which a command without `expires_at` is not done any more, ms. */
  maxAge: number
  ownWrites: OwnWrites
  rateLimit: RateLimit
  clock: Clock
  signal: AbortSignal
  logger: Logger
}

const FIRST_WAIT = 2_000
const LONGEST_WAIT = 30_000

/** Having waited for so long, ms, what was read is old. */
const STALE = 1_000

/**
 * One command from looking to verifying: what is, whether that is what was expected, what is to be done, doing it, and looking again. While
 * LibreNMS cannot be reached it is tried again until the command expires; a write whose answer was lost is never repeated blindly.
 *
 * @returns undefined when the signal aborted it before anything is known: then it is done after the next start
 */
export async function perform(command: LibrenmsCommand, options: PerformOptions): Promise<Outcome | undefined> {
  return new Performance(command, options).run()
}

type Step = { done: Outcome } | { again: number } | { passing: unknown }

class Performance {
  readonly #command: LibrenmsCommand
  readonly #options: PerformOptions
  readonly #action: AnyAction
  readonly #expiry: number
  /** What was there before the first write. */
  #before: unknown
  #wrote = false
  /** Its turn has come by the rate. */
  #mayWrite = false
  #attempts = 0
  #status: number | null = null

  constructor(command: LibrenmsCommand, options: PerformOptions) {
    this.#command = command
    this.#options = options
    this.#action = ACTIONS[command.action]
    const oldest = Date.parse(command.event_time) + options.maxAge
    this.#expiry = command.expires_at === undefined ? oldest : Date.parse(command.expires_at)
  }

  async run(): Promise<Outcome | undefined> {
    const { clock, signal, allowed, logger } = this.#options
    if (!allowed.has(this.#command.action)) return this.#outcome('refused', `${this.#command.action} is not allowed here`)
    let wait = FIRST_WAIT
    for (;;) {
      if (signal.aborted) return undefined
      if (clock.now() >= this.#expiry) return this.#expired()
      const step = await this.#step()
      if (signal.aborted && !('done' in step)) return undefined
      if ('done' in step) return step.done
      if ('passing' in step) {
        logger.warn(`${this.#command.command_id}: ${messageOf(step.passing)}; it is tried again`)
        await clock.sleep(Math.min(wait, Math.max(0, this.#expiry - clock.now())), signal)
        wait = Math.min(wait * 2, LONGEST_WAIT)
      }
    }
  }

  async #step(): Promise<Step> {
    try {
      return await this.#look()
    } catch (error) {
      if (error instanceof Refusal) return { done: this.#outcome('refused', error.message) }
      if (isApiFailure(error)) {
        // No command can be done with this token: a person must act, and the command is still to be done then.
        if (error.code === 'SHITOPS_E_LIBRENMS_AUTH') throw error
        this.#status = statusOf(error)
        return passes(error) ? { passing: error } : { done: this.#outcome('failed', error.message) }
      }
      if (this.#options.signal.aborted) return { again: 0 }
      throw error
    }
  }

  async #look(): Promise<Step> {
    const { api, write, ownWrites, rateLimit, clock, signal } = this.#options
    const command = this.#command
    const now = await this.#action.read(api, command)
    // An answer that was lost, or a look that failed after writing: what counts is what is there.
    if (this.#wrote) return this.#verified(now)
    const fields = this.#action.fields(now, command)
    const plan = this.#action.plan(now, command)
    const conflict = conflictOf(command.expected, fields)
    // What is so already was perhaps done by a run that was killed: then `expected` of course no longer holds.
    if (plan.kind === 'no_op') return { done: this.#outcome('no_op', plan.detail, fields) }
    if (conflict !== undefined) return { done: this.#outcome('conflict', conflict, fields) }
    if (!write || command.dry_run === true) return { done: this.#outcome('dry_run', `would be done: ${plan.detail}`, fields) }
    if (ownWrites.loops(command.device_id, plan.target, plan.value, clock.now()))
      return {
        done: this.#outcome(
          'refused',
          'the same was written three times within ten minutes, and something takes it back each time',
          fields,
        ),
      }
    const waited = this.#mayWrite ? 0 : await rateLimit.take(signal)
    if (signal.aborted) return { again: waited }
    this.#mayWrite = true
    // Others had time to change it: look again, and keep the turn.
    if (waited > STALE) return { again: waited }
    this.#before = now
    return this.#write(plan)
  }

  async #write(plan: Plan & { kind: 'write' }): Promise<Step> {
    const { api, ownWrites, clock } = this.#options
    ownWrites.wrote(this.#command.device_id, plan.target, plan.value, clock.now())
    this.#wrote = true
    this.#attempts++
    const answer = await plan.write(api)
    this.#status = answer.status
    if (!answer.ok) return { done: this.#outcome('failed', `LibreNMS refuses it (${answer.status}): ${saidBy(answer)}`) }
    return this.#verified(await this.#action.read(api, this.#command))
  }

  #verified(after: unknown): Step {
    const fields = this.#action.fields(after, this.#command)
    if (this.#action.holds(after, this.#command, this.#before)) return { done: this.#outcome('applied', undefined, fields) }
    const race = this.#action.raced?.(after, this.#before)
    if (race !== undefined) return { done: this.#outcome('conflict', race, fields) }
    const said =
      this.#status !== null && this.#status < 300 ? `LibreNMS said ${this.#status}, and it is not so` : 'no answer came, and it is not so'
    return { done: this.#outcome('failed', said, fields) }
  }

  #expired(): Outcome {
    if (this.#wrote) return this.#outcome('failed', 'it was sent, and LibreNMS could not be asked any more whether it is so')
    const why =
      this.#command.expires_at === undefined ? `older than ${this.#options.maxAge / 60_000} min` : `expired at ${this.#command.expires_at}`
    return this.#outcome('expired', why)
  }

  #outcome(outcome: Outcome['outcome'], detail: string | undefined, fields?: Fields): Outcome {
    const { shown } = this.#action
    const observed = fields && (shown ? Object.fromEntries(shown.map((name) => [name, fields[name]])) : fields)
    return {
      outcome,
      ...(detail !== undefined && { detail }),
      ...(this.#attempts > 0 && { attempts: this.#attempts, http_status: this.#status }),
      ...(observed && { observed: { ...observed } }),
    }
  }
}

/** The first field that is not as it must be, and what it is. */
function conflictOf(expected: Fields | undefined, fields: Fields): string | undefined {
  for (const [name, value] of Object.entries(expected ?? {})) {
    if (!(name in fields)) throw new Refusal(`expected names "${name.slice(0, 40)}", which is none of ${Object.keys(fields).join(', ')}`)
    if (!sameValue(fields[name], value)) return `${name} is not as expected`
  }
  return undefined
}

const saidBy = ({ message }: Answer) => (message === '' ? 'without a word' : message)
