import type { Environment } from './section.ts'
import { SECTIONS } from './sections/index.ts'

/** What begins so is meant for the configuration: if it is no setting, it is a slip. SHITOPS_BUS alone is `bus.url`. */
const PREFIXES = Object.keys(SECTIONS).map((name) => `SHITOPS_${name.toUpperCase()}_`)

/** Variables of flags, and of secrets that no setting may hold (src/cli/gnmi/connection-flags.ts, src/cli/gnmi/agent, src/cli/librenms, src/cli/serve). */
const OTHERS: readonly string[] = [
  ...['SHITOPS_GNMI_USERNAME', 'SHITOPS_GNMI_PASSWORD', 'SHITOPS_GNMI_TOKEN', 'SHITOPS_GNMI_AGENT_PASSWORD'],
  ...['SHITOPS_LIBRENMS_TOKEN', 'SHITOPS_LIBRENMS_WRITE_TOKEN', 'SHITOPS_LIBRENMS_WEBHOOK_SECRET', 'SHITOPS_LIBRENMS_PLUGIN_SECRET'],
  'SHITOPS_SERVE_TOKENS',
]

/** Names of the variables that are meant for the configuration; empty ones count as not set. */
export function configVariables(env: Environment): string[] {
  return Object.keys(env).filter((name) => env[name] && !OTHERS.includes(name) && isMeant(name))
}

const isMeant = (name: string) => name === 'SHITOPS_BUS' || PREFIXES.some((prefix) => name.startsWith(prefix))
