import type { Environment } from './section.ts'
import { SECTIONS } from './sections/index.ts'

/** What begins so is meant for the configuration: if it is no setting, it is a slip. SHITOPS_BUS alone is `bus.url`. */
const PREFIXES = Object.keys(SECTIONS).map((name) => `SHITOPS_${name.toUpperCase()}_`)

/** Names of the variables that are meant for the configuration; empty ones count as not set. */
export function configVariables(env: Environment): string[] {
  return Object.keys(env).filter((name) => env[name] && (name === 'SHITOPS_BUS' || PREFIXES.some((prefix) => name.startsWith(prefix))))
}
