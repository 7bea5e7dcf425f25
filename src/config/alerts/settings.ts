import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { type SettingsProblem, settingsProblems } from '../../alerts/notify/plan.ts'
import type { AlertSettings } from '../../alerts/notify/settings.ts'
import type { Entry, Origin } from '../origin.ts'
import { ConfigError, type ConfigProblem } from '../problem.ts'
import type { Environment } from '../section.ts'
import { settingPath } from '../setting-path.ts'

/**
 * The section `alerts` of a configuration. Paths in a file count from that file's folder.
 * @throws SHITOPS_E_CONFIG with every problem and its place
 */
export function alertSettings(entries: readonly Entry[], env: Environment): AlertSettings {
  const { settings, problems } = inspectAlerts(entries, env)
  if (problems.length > 0) throw new ConfigError(problems)
  return settings
}

/** As {@link alertSettings}, with the problems in the result instead of thrown. */
export function inspectAlerts(entries: readonly Entry[], env: Environment): { settings: AlertSettings; problems: ConfigProblem[] } {
  const own = entries.filter(({ path }) => path.startsWith('alerts.'))
  const settings: Record<string, unknown> = {}
  for (const { path, value, origin } of own) {
    const [, section = '', field] = path.split('.')
    const whole = withWholePaths(value, folderOf(origin), env)
    if (field === undefined) settings[section] = whole
    else settings[section] = { ...(settings[section] as object | undefined), [field]: whole }
  }
  return { settings, problems: settingsProblems(settings).map((problem) => placed(problem, own)) }
}

/** A problem of the section where it stands: in the item of a list, or at the setting. */
function placed({ keys, ...problem }: SettingsProblem, entries: readonly Entry[]): ConfigProblem {
  const all = ['alerts', ...keys]
  for (let length = all.length; length > 0; length--) {
    const entry = entries.find(({ path }) => path === settingPath(all.slice(0, length)))
    if (entry) return { ...problem, path: settingPath(all), origin: entry.within?.(all.slice(length)) ?? entry.origin }
  }
  return { ...problem, path: settingPath(all), origin: entries[0]?.origin ?? { kind: 'default' } }
}

/** A value in which every `…File` is a whole path. */
function withWholePaths(value: unknown, folder: string | undefined, env: Environment, key = ''): unknown {
  if (typeof value === 'string') return key.endsWith('File') ? wholePath(value, folder, env) : value
  if (Array.isArray(value)) return value.map((item) => withWholePaths(item, folder, env))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withWholePaths(inner, folder, env, name)]))
}

function wholePath(text: string, folder: string | undefined, env: Environment): string {
  const path = text.replace(/^~(?=\/|$)/, () => env.HOME || homedir())
  return folder === undefined ? path : resolve(folder, path)
}

const folderOf = (origin: Origin) => (origin.kind === 'file' ? dirname(origin.file) : undefined)
