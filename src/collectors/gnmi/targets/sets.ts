import { isDeepStrictEqual } from 'node:util'
import type { Logger } from '../../../base/log.ts'
import type { GnmiTarget } from '../config.ts'
import type { Device } from './device.ts'
import { discovered } from './discover.ts'
import { mergePlans, type SourcePlans } from './merge.ts'
import type { TargetPlan } from './plan.ts'
import type { ResolvedSettings } from './resolve.ts'
import { latest } from './sources/latest.ts'

export interface TargetSetsOptions {
  /** Of shitops.yaml. */
  settings: ResolvedSettings
  /** Of the targets file; absent where there is none. */
  file?: { name: string; settings: AsyncIterable<ResolvedSettings> }
  /** Of LibreNMS; absent where nobody asks. */
  devices?: AsyncIterable<readonly Device[]>
  /** Says that secrets or certificates have changed, so that the targets must be completed anew. */
  secrets?: AsyncIterable<void>
  /** Reads what the plans name: secrets, certificates. One that cannot be completed stays as it was, or is left out. */
  complete(plans: readonly TargetPlan[]): Promise<readonly GnmiTarget[]>
  signal: AbortSignal
  logger: Logger
}

/**
 * Targets of shitops.yaml, of the targets file and of LibreNMS as one row of whole sets, the first when every source has said something.
 * Names of earlier sources go before those of later ones (a warning tells), and a set like the one before is not given.
 */
export async function* targetSets(options: TargetSetsOptions): AsyncGenerator<readonly GnmiTarget[], void, undefined> {
  const { settings, file, devices, secrets, complete, signal, logger } = options
  const sources = {
    settings: once(settings),
    file: file?.settings ?? once({ targets: [], rules: [] }),
    devices: devices ?? once<readonly Device[]>([]),
    secrets: begunWith(secrets ?? once(undefined)),
  }
  const warned = new Warnings(logger)
  let last: readonly GnmiTarget[] | undefined
  for await (const now of latest<{ settings: ResolvedSettings; file: ResolvedSettings; devices: readonly Device[]; secrets: unknown }>(
    sources,
    signal,
  )) {
    const rules = [...now.settings.rules, ...now.file.rules]
    const all: SourcePlans[] = [
      { source: 'shitops.yaml', plans: now.settings.targets },
      { source: file?.name ?? 'the targets file', plans: now.file.targets },
      { source: 'LibreNMS', plans: discovered(now.devices, rules) },
    ]
    const { plans, warnings } = mergePlans(all)
    warned.tell(warnings)
    const targets = await complete(plans)
    if (last && isDeepStrictEqual(targets, last)) continue
    last = targets
    yield targets
  }
}

async function* once<T>(value: T): AsyncGenerator<T, void, undefined> {
  yield value
}

/** The first set need not wait for a secret to change. */
async function* begunWith(changes: AsyncIterable<unknown>): AsyncGenerator<unknown, void, undefined> {
  yield undefined
  yield* changes
}

/** Each warning once, and again when it was gone in between. */
class Warnings {
  readonly #logger: Logger
  #told = new Set<string>()

  constructor(logger: Logger) {
    this.#logger = logger
  }

  tell(warnings: readonly string[]): void {
    for (const warning of warnings) if (!this.#told.has(warning)) this.#logger.warn(warning)
    this.#told = new Set(warnings)
  }
}
