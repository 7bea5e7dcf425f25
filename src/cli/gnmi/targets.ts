import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import { readSecretFile } from '../../base/secret-file.ts'
import { parseSize, SIZE_FORMS } from '../../base/size.ts'
import type { ConnectionOptions, Credentials } from '../../collectors/gnmi/client/connection-options.ts'
import { addressProblem } from '../../collectors/gnmi/targets/address.ts'
import { MAX_SIZE, MIN_KEEPALIVE, MIN_WINDOW } from '../../collectors/gnmi/targets/limits.ts'
import { type TlsFlags, tlsOptions } from './tls-files.ts'

type Env = Readonly<Record<string, string | undefined>>

/** The connection flags as they were typed. */
export interface ConnectionFlags extends TlsFlags {
  address?: string[] | undefined
  username?: string | undefined
  'password-file'?: string | undefined
  'token-file'?: string | undefined
  timeout: string
  'max-message-size': string
  'window-size'?: string | undefined
  keepalive?: string | undefined
}

/** One device: what to call it, and how it is reached. */
export interface ConnectionTarget {
  /** Its first address, as it was typed. */
  name: string
  connection: ConnectionOptions
}

/** What all targets of one command share. */
export interface ConnectionTargets {
  targets: ConnectionTarget[]
  /** ms for the answer to a unary call. */
  timeout: number
  /** What should be said on stderr before anything is sent. */
  warnings: string[]
}

/**
 * The targets that the connection flags name, none or several; the files behind the flags are read.
 * @throws SHITOPS_E_USAGE, SHITOPS_E_FILE, SHITOPS_E_SECRET_MODE
 */
export async function targetsOf(flags: ConnectionFlags, env: Env): Promise<ConnectionTargets> {
  const devices = addressesOf(flags.address ?? [])
  const timeout = durationOf('--timeout', flags.timeout)
  const keepalive = flags.keepalive === undefined ? undefined : durationOf('--keepalive', flags.keepalive, MIN_KEEPALIVE)
  const window = flags['window-size']
  const shared = {
    connectTimeout: timeout,
    maxMessageBytes: sizeOf('--max-message-size', flags['max-message-size'], 1),
    ...(window !== undefined && { windowBytes: sizeOf('--window-size', window, MIN_WINDOW) }),
    ...(keepalive !== undefined && { keepalive }),
  }
  const tls = await tlsOptions(flags)
  const credentials = await credentialsOf(flags, env)
  const targets = devices.map((addresses) => ({
    name: addresses[0] ?? '',
    connection: { addresses, ...shared, ...(tls && { tls }), credentials },
  }))
  return { targets, timeout, warnings: warningsOf(flags, credentials) }
}

/** As {@link targetsOf}, for commands that cannot do without a target. */
export async function requiredTargets(flags: ConnectionFlags, env: Env): Promise<ConnectionTargets> {
  if (!flags.address?.length) throw usage('no target is named', '--address HOST:PORT')
  return targetsOf(flags, env)
}

/** A device for each `--address`, its addresses apart. */
function addressesOf(texts: readonly string[]): string[][] {
  const seen = new Set<string>()
  return texts.map((text) =>
    text.split(',').map((part) => {
      const address = part.trim()
      checkAddress(address)
      if (seen.has(address)) throw usage(`--address ${address} is given twice`)
      seen.add(address)
      return address
    }),
  )
}

function checkAddress(address: string): void {
  if (address === '') throw usage('--address: an address is missing', '--address HOST:PORT')
  const problem = addressProblem(address)
  if (problem) throw usage(`--address ${address} ${problem.why}`, ...problem.instead.map((other) => `--address ${other}`))
}

async function credentialsOf(flags: ConnectionFlags, env: Env): Promise<Credentials> {
  const { username } = flags
  const passwordFile = flags['password-file']
  const tokenFile = flags['token-file']
  if (passwordFile !== undefined && username === undefined) throw usage('--password-file without a user', '--username NAME')
  if (tokenFile !== undefined && flags.insecure) throw usage('a token is sent over TLS only', 'leave out --insecure')
  const password = await secretOf(passwordFile, 'SHITOPS_GNMI_PASSWORD', env)
  const token = await secretOf(tokenFile, 'SHITOPS_GNMI_TOKEN', env)
  if (username !== undefined && !HEADER_TEXT.test(username)) throw usage('--username: a user name is ASCII, for gRPC sends no other')
  return {
    ...(username !== undefined && { username }),
    ...(username !== undefined && password && { password }),
    // The environment is for all targets: one without TLS does without its token.
    ...(token && !flags.insecure && { token }),
  }
}

/** What gRPC takes as metadata; its own complaint would quote the secret. */
const HEADER_TEXT = /^[\x20-\x7e]*$/

/** A secret from its file, or else from the environment, where an empty one is none. */
async function secretOf(file: string | undefined, variable: string, env: Env): Promise<string | undefined> {
  const secret = file === undefined ? env[variable] : (await readSecretFile(file)).replace(/\r?\n$/, '')
  if (secret === '' && file !== undefined) throw new ShitopsError('SHITOPS_E_FILE', `${file} is empty`)
  if (secret === undefined || HEADER_TEXT.test(secret)) return secret
  const what = 'a secret is one line of ASCII, and there is more in it'
  throw file === undefined ? usage(`${variable}: ${what}`) : new ShitopsError('SHITOPS_E_FILE', `${file}: ${what}`)
}

function warningsOf({ insecure, username }: ConnectionFlags, { password }: Credentials): string[] {
  return insecure && username !== undefined && password !== undefined ? ['--insecure: the password crosses the network in plaintext'] : []
}

function durationOf(flag: string, text: string, min = 1): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= min && ms <= MAX_SIZE) return ms
  if (ms !== undefined && ms < min && min > 1) throw usage(`${flag} ${text} is less than ${min / 1_000}s`, `${flag} 60s`)
  throw usage(`${flag} "${text}" is no duration: ${DURATION_FORMS}`, `${flag} 30s`)
}

function sizeOf(flag: string, text: string, min: number): number {
  const bytes = parseSize(text)
  if (bytes !== undefined && bytes >= min && bytes <= MAX_SIZE) return bytes
  const why = bytes === undefined ? `is no size: ${SIZE_FORMS}` : `is not from ${min} to ${MAX_SIZE} bytes`
  throw usage(`${flag} "${text}" ${why}`, `${flag} 1MiB`)
}

const usage = (what: string, ...next: string[]) => new ShitopsError('SHITOPS_E_USAGE', what, { suggestions: next })
