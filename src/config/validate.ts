import { resolve } from 'node:path'
import { ShitopsError } from '../base/errors.ts'
import { inspectAlerts } from './alerts/settings.ts'
import { busOf, busUrlOf } from './bus-url.ts'
import { problemsInNamedFiles } from './gnmi/named-files.ts'
import { inspectGnmi } from './gnmi/settings.ts'
import { inspectConfig, type LoadedConfig, type LoadOptions } from './load.ts'
import type { Entry } from './origin.ts'
import { ConfigError, type ConfigProblem } from './problem.ts'
import type { Environment } from './section.ts'

/**
 * Everything that can be told to be wrong without opening anything: the files, the environment, and what only shows when the parts come
 * together (the bus's URL with its options, the file or variable of its password; gNMI's targets with their subscriptions, its targets file and
 * its mappings).
 *
 * @throws SHITOPS_E_SECRET_MODE, SHITOPS_E_FILE for the password's file
 */
export async function validateConfig(options: LoadOptions = {}): Promise<LoadedConfig> {
  const env = options.env ?? process.env
  const loaded = await inspectConfig(options)
  const checked = withSections(loaded, await withBus(loaded, async () => (await busOf(loaded.entries, env)).url), env)
  if (checked.problems.length > 0) return checked
  return { ...checked, problems: await problemsInNamedFiles(inspectGnmi(loaded.entries, env).settings, loaded.entries, env) }
}

/**
 * As {@link validateConfig}, of one file alone whatever else there is: for an editor, or before it is put in place on another machine, so
 * the file or variable of a password is not looked for, nor any other file that it names.
 */
export async function validateFile(file: string, options: LoadOptions = {}): Promise<LoadedConfig> {
  const config = resolve(options.cwd ?? process.cwd(), file)
  const loaded = await inspectConfig({ ...options, config, env: {}, flags: {} })
  const env = options.env ?? process.env
  return withSections(loaded, await withBus(loaded, async () => busUrlOf(loaded.entries, env).url), env)
}

/** A file that could not be read may hold what others build on: then the parts do not come together at all. */
function withSections(loaded: LoadedConfig, checked: LoadedConfig, env: Environment): LoadedConfig {
  if (loaded.problems.length > 0) return loaded
  const own = [...inspectGnmi(loaded.entries, env).problems, ...inspectAlerts(loaded.entries, env).problems]
  return { ...checked, problems: [...checked.problems, ...own] }
}

async function withBus(loaded: LoadedConfig, urlOf: () => Promise<string>): Promise<LoadedConfig> {
  if (loaded.problems.length > 0) return loaded
  try {
    await parseBusUrl(await urlOf())
    return loaded
  } catch (error) {
    if (error instanceof ConfigError) return { ...loaded, problems: [...error.problems] }
    if (error instanceof ShitopsError && error.code === 'SHITOPS_E_BUS_URL') return { ...loaded, problems: [ofUrl(error, loaded.entries)] }
    throw error
  }
}

function ofUrl({ message, suggestions }: ShitopsError, entries: readonly Entry[]): ConfigProblem {
  const origin = entries.find(({ path }) => path === 'bus.url')?.origin ?? { kind: 'default' }
  return { path: 'bus:', message, origin, ...(suggestions[0] && { suggestion: suggestions[0] }) }
}

async function parseBusUrl(url: string): Promise<void> {
  if (url.startsWith('kafka:')) {
    const { parseKafkaUrl } = await import('../bus/kafka/settings.ts')
    parseKafkaUrl(url)
  } else if (url.startsWith('embedded:')) {
    const { parseEmbeddedUrl } = await import('../bus/embedded/url.ts')
    parseEmbeddedUrl(url)
  } else {
    throw new ShitopsError('SHITOPS_E_BUS_URL', 'the URL must be embedded:DIR or kafka://HOST:PORT[,HOST:PORT…]')
  }
}
