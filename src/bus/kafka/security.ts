import { readFile, stat } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { KafkaSettings } from './settings.ts'

/** What a connection needs to be trusted and let in. Holds secrets: never logged, never part of a URL. */
export interface Security {
  tls: ConnectionOptions | null
  sasl: SaslLogin | null
}

export type SaslLogin =
  | { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string }
  /** A token is asked for at every login: it is short-lived, and whoever renews it writes the new one to the same place. */
  | { mechanism: 'oauthbearer'; token(): Promise<string> }

/**
 * Read certificates, key and password from where the settings name them.
 * @param secrets `saslPassword` or `saslToken` here goes before file and environment (config/ hands it over)
 * @throws SHITOPS_E_FILE, SHITOPS_E_SECRET_MODE, or SHITOPS_E_BUS_URL where there is no password
 */
export async function loadSecurity(settings: KafkaSettings, secrets: Readonly<Record<string, string>>): Promise<Security> {
  return { tls: settings.tls ? await loadTls(settings) : null, sasl: await loadSasl(settings, secrets) }
}

async function loadTls({ tlsCa, tlsCert, tlsKey, tlsServerName }: KafkaSettings): Promise<ConnectionOptions> {
  return {
    ...(tlsCa && { ca: await readText('tlsCa', tlsCa) }),
    ...(tlsCert && { cert: await readText('tlsCert', tlsCert), key: await readSecret('tlsKey', tlsKey) }),
    ...(tlsServerName && { servername: tlsServerName }),
  }
}

async function loadSasl(settings: KafkaSettings, secrets: Readonly<Record<string, string>>): Promise<SaslLogin | null> {
  if (settings.sasl === 'none') return null
  if (settings.sasl === 'oauthbearer') {
    const token = () => findToken(settings, secrets)
    await token()
    return { mechanism: 'oauthbearer', token }
  }
  return { mechanism: settings.sasl, username: settings.saslUsername, password: await findPassword(settings, secrets) }
}

async function findPassword(
  { saslPasswordFile, saslPasswordEnv }: KafkaSettings,
  secrets: Readonly<Record<string, string>>,
): Promise<string> {
  if (secrets.saslPassword) return secrets.saslPassword
  if (saslPasswordFile) return (await readSecret('saslPasswordFile', saslPasswordFile)).replace(/\r?\n[\s\S]*$/, '')
  const value = saslPasswordEnv && process.env[saslPasswordEnv]
  if (value) return value
  throw new ShitopsError(
    'SHITOPS_E_BUS_URL',
    saslPasswordEnv ? `the environment has no password in ${saslPasswordEnv}` : 'logging in needs a password, and none is named',
    { suggestions: ['saslPasswordFile=FILE (mode 0600)', 'saslPasswordEnv=NAME'] },
  )
}

async function findToken({ saslTokenFile, saslTokenEnv }: KafkaSettings, secrets: Readonly<Record<string, string>>): Promise<string> {
  const token = secrets.saslToken || (saslTokenFile ? await readSecret('saslTokenFile', saslTokenFile) : process.env[saslTokenEnv])?.trim()
  // RFC 6750: what a bearer token may consist of. A byte 1 would end the field that it goes into.
  if (token && /^[A-Za-z0-9\-._~+/]+=*$/.test(token)) return token
  throw new ShitopsError(
    'SHITOPS_E_BUS_URL',
    token ? 'what is to be the token is none (RFC 6750)' : 'logging in by oauthbearer needs a token, and there is none',
    {
      suggestions: ['saslTokenFile=FILE (mode 0600)', 'saslTokenEnv=NAME'],
    },
  )
}

/** A file that only its owner may read, as ssh wants its keys. Windows has no such bits. */
async function readSecret(option: string, file: string): Promise<string> {
  const mode = (await stat(file).catch((error: unknown) => Promise.reject(unreadable(option, file, error)))).mode
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new ShitopsError('SHITOPS_E_SECRET_MODE', `${option}=${file} is readable by others (mode 0${(mode & 0o777).toString(8)})`, {
      suggestions: [`chmod 600 ${file}`],
    })
  }
  return readText(option, file)
}

async function readText(option: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => Promise.reject(unreadable(option, file, error)))
}

function unreadable(option: string, file: string, cause: unknown): ShitopsError {
  return new ShitopsError('SHITOPS_E_FILE', `${option}=${file} cannot be read: ${messageOf(cause)}`, { cause })
}
