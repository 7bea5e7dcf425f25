import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { targetProblems } from '../../collectors/gnmi/targets/check.ts'
import type { TargetProblem } from '../../collectors/gnmi/targets/problem.ts'
import type { Layer } from '../../collectors/gnmi/targets/resolve.ts'
import { FILE_SETTINGS, type TargetsSettings } from '../../collectors/gnmi/targets/settings.ts'
import type { Entry, Origin } from '../origin.ts'
import { ConfigError, type ConfigProblem } from '../problem.ts'
import type { Environment } from '../section.ts'
import { settingPath } from '../setting-path.ts'

/** The section `gnmi`, checked, with whole paths. */
export interface GnmiSettings {
  /** Of the configuration itself. */
  targets: TargetsSettings
  targetsFile?: string
  mappings: string[]
}

/**
 * The section `gnmi` of a configuration. Paths in a file count from that file's folder, those of variables from here.
 * @throws SHITOPS_E_CONFIG with every problem and its place
 */
export function gnmiSettings(entries: readonly Entry[], env: Environment): GnmiSettings {
  const { settings, problems } = inspectGnmi(entries, env)
  if (problems.length > 0) throw new ConfigError(problems)
  return settings
}

/** As {@link gnmiSettings}, with the problems in the result instead of thrown. */
export function inspectGnmi(entries: readonly Entry[], env: Environment): { settings: GnmiSettings; problems: ConfigProblem[] } {
  const own = entries.filter(({ path }) => path.startsWith('gnmi.'))
  const said = (path: string) => {
    const entry = own.find((candidate) => candidate.path === path)
    return entry && wholePaths(path.slice(path.lastIndexOf('.') + 1), entry.value, folderOf(entry.origin), env)
  }
  const defaults = own
    .filter(({ path }) => path.startsWith('gnmi.defaults.'))
    .map(({ path }) => [path.slice('gnmi.defaults.'.length), said(path)])
  const rules = said('gnmi.librenms.rules')
  // Every entry has passed the section's schema.
  const targets = {
    ...(defaults.length > 0 && { defaults: Object.fromEntries(defaults) }),
    subscriptions: said('gnmi.subscriptions'),
    targets: said('gnmi.targets'),
    ...(rules !== undefined && { librenms: { rules } }),
  } as TargetsSettings
  const targetsFile = said('gnmi.targetsFile') as string | undefined
  const mappings = (said('gnmi.mappings') ?? []) as string[]
  const problems = targetProblems(targets).map((problem) => placed(problem, own))
  return { settings: { targets, ...(targetsFile !== undefined && { targetsFile }), mappings }, problems }
}

/** A problem of the section where it stands: in the item of a list, or at the setting. */
function placed({ keys, ...problem }: TargetProblem, entries: readonly Entry[]): ConfigProblem {
  const all = ['gnmi', ...keys]
  for (let length = all.length; length > 0; length--) {
    const entry = entries.find(({ path }) => path === settingPath(all.slice(0, length)))
    if (entry) return { ...problem, path: settingPath(all), origin: entry.within?.(all.slice(length)) ?? entry.origin }
  }
  return { ...problem, path: settingPath(all), origin: entries[0]?.origin ?? { kind: 'default' } }
}

/** What is wrong with a targets file that builds on the configuration. */
export function fileProblems(settings: TargetsSettings, under: Layer, place: (keys: readonly PropertyKey[]) => Origin): ConfigProblem[] {
  return targetProblems(settings, under).map(({ keys, ...problem }) => ({ ...problem, path: settingPath(keys), origin: place(keys) }))
}

const PATHS: readonly string[] = [...FILE_SETTINGS, 'targetsFile', 'mappings']

/** A value with every path in it whole. @param key of the value @param folder that relative ones count from; undefined: they stay */
export function wholePaths(key: string, value: unknown, folder: string | undefined, env: Environment): unknown {
  if (typeof value === 'string') return PATHS.includes(key) ? wholePath(value, folder, env) : value
  if (Array.isArray(value)) return value.map((item) => wholePaths(key, item, folder, env))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, wholePaths(name, inner, folder, env)]))
}

function wholePath(text: string, folder: string | undefined, env: Environment): string {
  const path = text.replace(/^~(?=\/|$)/, () => env.HOME || homedir())
  return folder === undefined ? path : resolve(folder, path)
}

const folderOf = (origin: Origin) => (origin.kind === 'file' ? dirname(origin.file) : undefined)
