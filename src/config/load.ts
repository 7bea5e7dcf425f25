import { configVariables } from './environment-names.ts'
import { type ConfigFile, type ConfigPlace, configFiles } from './files.ts'
import type { Entry } from './origin.ts'
import { ConfigError, type ConfigProblem } from './problem.ts'
import type { Section } from './section.ts'
import { type Config, SECTIONS } from './sections/index.ts'

/** The flags that stand for a setting. */
export interface ConfigFlags {
  bus?: string | undefined
  utc?: boolean | undefined
  'no-color'?: boolean | undefined
}

export interface LoadOptions extends Partial<ConfigPlace> {
  flags?: ConfigFlags
}

/** The configuration with where everything comes from, and everything wrong with it. */
export interface LoadedConfig {
  config: Config
  /** The value that counts of every setting that has one, in the order of the sections. */
  entries: Entry[]
  /** Files looked at, the strongest first. */
  files: ConfigFile[]
  problems: ConfigProblem[]
}

/** Above any number of files. */
const RANK = { env: 1_000, flag: 1_001 } as const

/**
 * Flags > SHITOPS_* > ./shitops.yaml > the user's file > the machine's > defaults, setting by setting.
 * @throws SHITOPS_E_CONFIG with all problems, each with its file, line and column
 */
export async function loadConfig(options: LoadOptions = {}): Promise<LoadedConfig> {
  const loaded = await inspectConfig(options)
  if (loaded.problems.length > 0) throw new ConfigError(loaded.problems)
  return loaded
}

/** As {@link loadConfig}, with the problems in the result instead of thrown. */
export async function inspectConfig(options: LoadOptions = {}): Promise<LoadedConfig> {
  const env = options.env ?? process.env
  const cwd = options.cwd ?? process.cwd()
  const config = options.config ?? (env.SHITOPS_CONFIG || undefined)
  const files = await configFiles({ ...options, config, cwd, env })
  const problems: ConfigProblem[] = files.filter(({ exists, named }) => named && !exists).map(({ file }) => missing(file))
  const entries = defaults(env)

  const present = files.filter(({ exists }) => exists)
  // YAML and zod are loaded only where there is something to read.
  if (present.length > 0) {
    const { readConfigFile } = await import('./read-file.ts')
    const contents = await Promise.all(present.map(({ file }, i) => readConfigFile(file, present.length - i)))
    entries.push(...contents.toReversed().flatMap((content) => content.entries))
    problems.push(...contents.flatMap((content) => content.problems))
  }
  const variables = configVariables(env)
  if (variables.some((name) => name !== 'SHITOPS_BUS')) {
    const { readEnvironment } = await import('./environment.ts')
    const content = readEnvironment(env, RANK.env)
    entries.push(...content.entries)
    problems.push(...content.problems)
  } else if (env.SHITOPS_BUS) {
    // The usual case costs nothing: whoever opens the bus reads the URL anyway.
    entries.push({ path: 'bus.url', value: env.SHITOPS_BUS, origin: { kind: 'env', name: 'SHITOPS_BUS' }, rank: RANK.env })
  }
  entries.push(...fromFlags(options.flags ?? {}))
  const effective = strongest(entries)
  return { config: build(effective), entries: effective, files, problems }
}

/** One entry a setting, by section. @param entries the weakest first */
function strongest(entries: readonly Entry[]): Entry[] {
  const winners = [...new Map(entries.map((entry) => [entry.path, entry])).values()]
  return Object.entries<Section>(SECTIONS).flatMap(([name, section]) => {
    const own = winners.filter(({ path }) => path.startsWith(`${name}.`))
    return section.effective?.(own) ?? own
  })
}

function missing(file: string): ConfigProblem {
  return {
    path: '',
    message: 'is not there',
    origin: { kind: 'file', file, line: 1, column: 1 },
    suggestion: `shitops config init ${file}`,
  }
}

function defaults(env: ConfigPlace['env']): Entry[] {
  return Object.entries(SECTIONS).flatMap(([section, { defaults: values }]) =>
    Object.entries(values(env)).map(
      ([field, value]): Entry => ({ path: `${section}.${field}`, value, origin: { kind: 'default' }, rank: 0 }),
    ),
  )
}

function fromFlags(flags: ConfigFlags): Entry[] {
  const entry = (path: string, value: unknown, name: string): Entry => ({ path, value, origin: { kind: 'flag', name }, rank: RANK.flag })
  return [
    ...(flags.bus === undefined ? [] : [entry('bus.url', flags.bus, 'bus')]),
    ...(flags.utc ? [entry('output.utc', true, 'utc')] : []),
    ...(flags['no-color'] ? [entry('output.color', 'never', 'no-color')] : []),
  ]
}

/** The nested object of the entries. They have passed the schemas, so it is a {@link Config}. */
function build(entries: readonly Entry[]): Config {
  const config: Record<string, Record<string, unknown>> = Object.fromEntries(Object.keys(SECTIONS).map((name) => [name, {}]))
  for (const { path, value } of entries) {
    const keys = path.split('.')
    let at = config as Record<string, unknown>
    for (const key of keys.slice(0, -1)) {
      at[key] ??= {}
      at = at[key] as Record<string, unknown>
    }
    at[keys.at(-1) ?? ''] = value
  }
  return config as unknown as Config
}
