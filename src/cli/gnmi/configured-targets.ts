import { readFile } from 'node:fs/promises'
import { type Clock, systemClock } from '../../base/clock.ts'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import type { GnmiTarget, Subscription } from '../../collectors/gnmi/config.ts'
import { filesOf, type TargetPlan } from '../../collectors/gnmi/targets/plan.ts'
import { type ResolvedSettings, resolveTargets } from '../../collectors/gnmi/targets/resolve.ts'
import { targetSets } from '../../collectors/gnmi/targets/sets.ts'
import { followDevices } from '../../collectors/gnmi/targets/sources/devices.ts'
import { FileWatch } from '../../collectors/gnmi/targets/sources/file-watch.ts'
import { settingsFile } from '../../collectors/gnmi/targets/sources/settings-file.ts'
import type { GnmiSettings } from '../../config/gnmi/settings.ts'
import { parseTargetsFile } from '../../config/gnmi/targets-file.ts'
import { ConfigError, problemText } from '../../config/problem.ts'
import { TargetMaterial } from './target-material.ts'

export interface GnmiTargetsOptions {
  /** `gnmiSettings` of the configuration. */
  settings: GnmiSettings
  /** Where LibreNMS's devices are; needed where a rule asks for them. */
  bus?: Pick<Bus, 'offsets' | 'read'> | undefined
  /** Subscribed to instead of what the settings say: a subscription from flags. */
  asked?: readonly Subscription[] | undefined
  env: Readonly<Record<string, string | undefined>>
  signal: AbortSignal
  clock?: Clock
  logger: Logger
  /** ms between looks at files, and until a change counts as complete. */
  pace?: { interval?: number; settle?: number; retry?: number }
}

/** The targets at the start, and where something can change them, whole new sets while it runs. */
export interface GnmiTargets {
  targets: readonly GnmiTarget[]
  changes?: AsyncIterable<readonly GnmiTarget[]>
}

/**
 * The targets that the configuration names: its own, those of the targets file, and those that the rules find among LibreNMS's devices. There
 * are no changes where nothing is watched: without a file and rules, and with no secrets or certificates to be renewed; nor where such
 * targets are only asked once, so that the run can end.
 * @throws SHITOPS_E_CONFIG, SHITOPS_E_FILE, SHITOPS_E_SECRET_MODE for what is wrong at the start; later that is a warning
 */
export async function gnmiTargets(options: GnmiTargetsOptions): Promise<GnmiTargets> {
  const { settings, signal, logger, env } = options
  const own = resolveTargets(settings.targets, {}, options.asked)
  const asking = new Asking(options)
  const refusal = asking.refusal(own)
  if (refusal) throw refusal
  const file = settings.targetsFile === undefined ? undefined : await watchedFile(settings.targetsFile, options, asking)
  const secrets = new FileWatch(paced(options))
  const material = new TargetMaterial(env, logger)
  let strict = true
  const complete = async (plans: readonly TargetPlan[]) => {
    // Before they are read, so that no change falls between.
    await secrets.mark(filesOf(plans))
    const targets = await material.complete(plans, strict)
    strict = false
    return targets
  }
  const fixed = !file && own.rules.length === 0
  const still = fixed && (filesOf(own.targets).size === 0 || endsByItself(own.targets))
  const sets = targetSets({
    settings: own,
    ...(file && { file }),
    devices: asking.devices(),
    ...(!still && { secrets: secrets.changes(signal) }),
    complete,
    signal,
    logger,
  })
  const first = await sets.next()
  return { targets: first.value ?? [], ...(!still && { changes: sets }) }
}

async function watchedFile(file: string, options: GnmiTargetsOptions, asking: Asking) {
  const { settings, signal, logger, asked } = options
  const read = (text: string): ResolvedSettings | { problems: string[]; error: ShitopsError } => {
    const content = parseTargetsFile(text, file, settings.targets, options.env)
    if (content.problems.length > 0) return { problems: content.problems.map(problemText), error: new ConfigError(content.problems) }
    const resolved = resolveTargets(content.settings, settings.targets, asked)
    const refusal = asking.refusal(resolved)
    return refusal ? { problems: [refusal.message], error: refusal } : resolved
  }
  const watch = new FileWatch(paced(options))
  await watch.mark([file])
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const origin = { kind: 'file', file, line: 1, column: 1 } as const
    throw new ConfigError([{ path: '', message: `cannot be read: ${messageOf(error)}`, origin, suggestion: 'see gnmi.targetsFile' }])
  })
  const first = read(text)
  if ('error' in first) throw first.error
  const later = settingsFile<ResolvedSettings>({ file, text, read, watch, signal, logger })
  return { name: file, settings: beginning(first, later) }
}

async function* beginning<T>(first: T, later: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
  yield first
  yield* later
}

/** What the settings ask for can be had: subscriptions, and devices of LibreNMS from when a rule first wants them (the topic may not be there). */
class Asking {
  readonly #options: GnmiTargetsOptions
  readonly #wanted: Promise<void>
  #want = () => {}
  #isWanted = false

  constructor(options: GnmiTargetsOptions) {
    this.#options = options
    this.#wanted = new Promise((resolve) => {
      this.#want = resolve
    })
  }

  /** Why settings cannot be followed in this run, if they cannot. */
  refusal({ targets, rules }: ResolvedSettings): ShitopsError | undefined {
    const users = [...targets, ...rules.filter(({ skip }) => !skip)]
    if (users.some(({ subscriptions }) => subscriptions.length === 0)) return noSubscription()
    if (rules.length === 0) return undefined
    if (!this.#options.bus) return noBus()
    this.#isWanted = true
    this.#want()
    return undefined
  }

  async *devices() {
    const { bus, clock = systemClock, signal, logger, pace } = this.#options
    if (!this.#isWanted) {
      yield []
      await this.#wanted
    }
    if (bus) yield* followDevices({ bus, clock, signal, logger, ...pace })
  }
}

const paced = ({ clock = systemClock, pace }: GnmiTargetsOptions) => ({ clock, ...pace })

/** Nothing of it has to be told about a change: it is over before. */
function endsByItself(targets: readonly TargetPlan[]): boolean {
  return targets.every(({ subscriptions }) =>
    subscriptions.every(({ mode, polls }) => mode === 'once' || (mode === 'poll' && polls !== undefined)),
  )
}

const noSubscription = () =>
  new ShitopsError('SHITOPS_E_CONFIG', 'there are gnmi targets, and no subscription that says what to ask them for', {
    suggestions: ['--path /interfaces/interface[name=*]/state/counters', 'gnmi.subscriptions in shitops.yaml (docs/gnmi-targets.md)'],
  })

const noBus = () =>
  new ShitopsError('SHITOPS_E_USAGE', 'gnmi.librenms.rules takes devices from the bus, and this run has none', {
    suggestions: ['--bus URL', 'leave out --no-publish', 'name the targets with --address'],
  })
