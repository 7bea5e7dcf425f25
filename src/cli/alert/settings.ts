import type { AlertSettings } from '../../alerts/notify/settings.ts'
import { alertSettings } from '../../config/alerts/settings.ts'
import { loadConfig } from '../../config/load.ts'

/** What the configuration says of alerts. @throws SHITOPS_E_CONFIG */
export async function configuredAlerts(flags: { config?: string | undefined }, env: NodeJS.ProcessEnv): Promise<AlertSettings> {
  const { entries } = await loadConfig({ config: flags.config, env })
  return alertSettings(entries, env)
}
