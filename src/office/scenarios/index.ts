import { DEVICES } from './devices.ts'
import { PEOPLE } from './people.ts'
import type { Scenario } from './scenario.ts'
import { WORK } from './work.ts'

export { OPENED_AT, type Scenario, type ScenarioRecord } from './scenario.ts'

/** For each insight what it must notice, and what looks like it and must not raise anything. */
export const SCENARIOS: readonly Scenario[] = [...PEOPLE, ...DEVICES, ...WORK]
