import { homedir } from 'node:os'
import { dirname, resolve } from 'node:path'
import { configVariables } from './environment-names.ts'
import { loadConfig } from './load.ts'
import { type Entry, originText } from './origin.ts'
import { ConfigError } from './problem.ts'
import type { Environment } from './section.ts'

/** What opens the bus: its URL, and the secrets that a URL may not carry. */
export interface ResolvedBus {
  url: string
  secrets: Record<string, string>
}

/**
 * The bus that flags > environment > configuration > default name. A URL given by --bus, or by SHITOPS_BUS alone, stands for itself and no
 * file is read.
 *
 * @throws SHITOPS_E_CONFIG, SHITOPS_E_SECRET_MODE, SHITOPS_E_FILE
 */
export async function resolveBus(
  flags: { bus?: string | undefined; config?: string | undefined },
  place: { env?: Environment; cwd?: string; etc?: string } = {},
): Promise<ResolvedBus> {
  const env = place.env ?? process.env
  // oclif puts SHITOPS_BUS into the flag too; only what differs was typed.
  const typed = flags.bus !== undefined && flags.bus !== env.SHITOPS_BUS
  const alone = flags.bus !== undefined && configVariables(env).every((name) => name === 'SHITOPS_BUS')
  if (flags.bus !== undefined && (typed || alone)) return { url: flags.bus, secrets: {} }
  return busOf((await loadConfig({ ...place, config: flags.config })).entries, env)
}

const PATHS = ['tlsCa', 'tlsCert', 'tlsKey', 'spool']

/** The bus of a configuration, with its password from where the settings name it. */
export async function busOf(entries: readonly Entry[], env: Environment): Promise<ResolvedBus> {
  const { url, password } = busUrlOf(entries, env)
  return { url, secrets: password ? { saslPassword: await passwordOf(password, env) } : {} }
}

/** The URL of the bus with Kafka's options in it, and the setting that names its password. @throws SHITOPS_E_CONFIG */
export function busUrlOf(entries: readonly Entry[], env: Environment): { url: string; password?: Entry } {
  const url = entries.find(({ path }) => path === 'bus.url')
  if (!url) throw new TypeError('bus.url has a default')
  const options = entries.filter((entry) => entry.path.startsWith('bus.') && entry !== url)
  const text = String(url.value)
  if (text.startsWith('embedded:')) {
    const problems = options.map((entry) => ({ ...entry, message: `is for Kafka, but the bus is embedded (${originText(url.origin)})` }))
    if (problems.length > 0) throw new ConfigError(problems)
    return { url: absolute(text, url, env) }
  }
  const [password, other] = options.filter(({ path }) => /^bus\.saslPassword(File|Env)$/.test(path))
  if (other)
    throw new ConfigError([{ ...other, message: `says where the password is, and so does ${password?.path}`, suggestion: 'keep one' }])
  const query = options.filter((entry) => entry !== password).map((entry) => optionText(entry, env))
  return { url: withOptions(text, query), ...(password && { password }) }
}

function optionText(entry: Entry, env: Environment): readonly [name: string, value: string] {
  const name = entry.path.slice('bus.'.length)
  return [name, PATHS.includes(name) ? pathOf(entry, env) : String(entry.value)]
}

/** What the URL itself says goes before what stands beside it. */
function withOptions(url: string, options: ReadonlyArray<readonly [string, string]>): string {
  const mark = url.indexOf('?')
  const own = new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1))
  const added = options.filter(([name]) => !own.has(name)).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  if (added.length === 0) return url
  return `${url}${mark < 0 ? '?' : url.endsWith('?') ? '' : '&'}${added.join('&')}`
}

async function passwordOf(entry: Entry, env: Environment): Promise<string> {
  if (entry.path.endsWith('File')) {
    const { readSecretFile } = await import('../base/secret-file.ts')
    return firstLine(await readSecretFile(pathOf(entry, env)))
  }
  const password = env[String(entry.value)]
  if (password) return password
  throw new ConfigError([{ ...entry, message: 'names a variable that is not set', suggestion: 'set it where shitops runs' }])
}

const firstLine = (text: string) => text.replace(/\r?\n[\s\S]*$/, '')

/** `embedded:./data` in a file counts from that file's folder; from a flag or the environment it is the caller's. */
function absolute(url: string, entry: Entry, env: Environment): string {
  const [, directory = '', query = ''] = /^embedded:([^?]*)(.*)$/s.exec(url) ?? []
  return entry.origin.kind === 'file' ? `embedded:${pathOf({ ...entry, value: directory }, env)}${query}` : url
}

/** Relative paths in a file count from its folder; `~/` is the home folder. */
function pathOf({ value, origin }: Entry, env: Environment): string {
  const path = String(value).replace(/^~(?=\/|$)/, () => env.HOME || homedir())
  return origin.kind === 'file' ? resolve(dirname(origin.file), path) : path
}
