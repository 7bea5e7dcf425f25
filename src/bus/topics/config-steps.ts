import { CLEANUP, MIN_INSYNC } from './desired.ts'
import type { Draft } from './draft.ts'
import { normalized, riskOf } from './risks.ts'
import type { ConfigChange, ConfigStep, Obstacle } from './steps.ts'

export interface ConfigSteps {
  /** Before copies move: what is harmless, and fewer in-sync copies where there are to be fewer copies. */
  before: ConfigStep[]
  /** More in-sync copies, once there are more copies. */
  after: ConfigStep[]
  /** What may delete records, last of all. */
  last: ConfigStep[]
}

/** Settings that are not as they ought to be. */
export function configSteps({ desired, observed, remade }: Draft, obstacles: Obstacle[]): ConfigSteps {
  if (!observed || remade) return { before: [], after: [], last: [] }
  const changes = Object.entries(desired.config).flatMap(([name, to]) => changeOf(name, to, observed.config, observed.own))
  const policy = desired.config[CLEANUP] ?? observed.config[CLEANUP] ?? 'delete'
  const step = (some: readonly ConfigChange[], risk: string | null): ConfigStep[] =>
    some.length === 0 ? [] : [{ kind: 'config', topic: desired.name, changes: [...some], risk }]
  const judged = changes.map((change) => ({ change, risk: riskOf(change.name, change.from ?? undefined, change.to, policy) }))
  const harmless = judged.filter(({ change, risk }) => risk === null && change.name !== MIN_INSYNC).map(({ change }) => change)
  const inSync = judged.filter(({ change }) => change.name === MIN_INSYNC)
  if (inSync.some(({ change }) => Number(change.to) > desired.replication)) {
    obstacles.push({ topic: desired.name, message: `${MIN_INSYNC} cannot be above the number of copies, ${desired.replication}` })
    inSync.pop()
  }
  return {
    before: [...step(harmless, null), ...inSync.flatMap(({ change, risk }) => (risk === null ? [] : step([change], risk)))],
    after: inSync.flatMap(({ change, risk }) => (risk === null ? step([change], null) : [])),
    last: judged.flatMap(({ change, risk }) => (risk === null || change.name === MIN_INSYNC ? [] : step([change], risk))),
  }
}

function changeOf(name: string, to: string | null, config: Readonly<Record<string, string>>, own: readonly string[]): ConfigChange[] {
  const from = config[name] ?? null
  const same = to === null ? !own.includes(name) : from !== null && normalized(name, from) === normalized(name, to)
  return same ? [] : [{ name, from, to }]
}
