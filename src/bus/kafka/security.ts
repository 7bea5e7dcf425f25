import { readFile, stat } from 'node:fs/promises'
import type { ConnectionOptions } from 'node:tls'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { KafkaSettings } from './settings.ts'

/** What a connection needs to be trusted and let in. Holds secrets: never logged, never part of a URL. */
export interface Security {
  tls: ConnectionOptions | null
  sasl: { mechanism: string; username: string; password: string } | null
}

/**
 * Read certificates, key and password from where the settings name them.
 * @param secrets `saslPassword` here goes before file and environment (config/ hands it over)
 * @throws SHITOPS_E_FILE, SHITOPS_E_SECRET_MODE, or SHITOPS_E_BUS_URL where there is no password
 */
export async function loadSecurity(settings: KafkaSettings, secrets: Readonly<Record<string, string>>): Promise<Security> {
  return { tls: settings.tls ? await loadTls(settings) : null, sasl: settings.sasl === 'none' ? null : await loadSasl(settings, secrets) }
}

async function loadTls({ tlsCa, tlsCert, tlsKey, tlsServerName }: KafkaSettings): Promise<ConnectionOptions> {
  return {
    ...(tlsCa && { ca: await readText('tlsCa', tlsCa) }),
    ...(tlsCert && { cert: await readText('tlsCert', tlsCert), key: await readSecret('tlsKey', tlsKey) }),
    ...(tlsServerName && { servername: tlsServerName }),
  }
}

async function loadSasl(settings: KafkaSettings, secrets: Readonly<Record<string, string>>): Promise<NonNullable<Security['sasl']>> {
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
