import { readFile } from 'node:fs/promises'
import { Flags } from '@oclif/core'
import type { Clock } from '../../base/clock.ts'
import { messageOf, ShitopsError } from '../../base/errors.ts'
import type { LibrenmsApi } from '../../collectors/librenms/client/api.ts'

const LIBRENMS = 'LIBRENMS'

/** How a LibreNMS is reached. */
export const apiFlags = {
  url: Flags.string({ summary: 'Its web address.', helpValue: 'URL', helpGroup: LIBRENMS, env: 'SHITOPS_LIBRENMS_URL' }),
  'token-file': Flags.string({ summary: 'The API token (mode 0600).', helpValue: 'FILE', helpGroup: LIBRENMS }),
  'tls-ca': Flags.string({ summary: 'PEM of the authority that signed its certificate.', helpValue: 'FILE', helpGroup: LIBRENMS }),
  'skip-verify': Flags.boolean({ summary: 'Take any certificate of it.', helpGroup: LIBRENMS }),
  instance: Flags.string({ summary: 'Which LibreNMS it is, where there are several.', helpValue: 'NAME', helpGroup: LIBRENMS }),
}

export interface ApiFlags {
  url?: string | undefined
  'token-file'?: string | undefined
  'tls-ca'?: string | undefined
  'skip-verify'?: boolean | undefined
  instance?: string | undefined
}

export interface ApiContext {
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  signal: AbortSignal
}

/**
 * The API that the flags name, asked once whether it takes the token.
 * @param variable that holds the token where no file is named
 * @throws SHITOPS_E_USAGE, SHITOPS_E_FILE, or what prevents talking to it
 */
export async function openApi(
  flags: ApiFlags & { url: string },
  { env, clock, signal }: ApiContext,
  variable: string,
): Promise<LibrenmsApi> {
  const { readToken } = await import('../../collectors/librenms/client/token.ts')
  const { LibrenmsV0 } = await import('../../collectors/librenms/client/v0.ts')
  const caFile = flags['tls-ca']
  const connection = {
    url: flags.url,
    token: await readToken(flags['token-file'], env, variable),
    ca: caFile === undefined ? undefined : await pem(caFile),
    skipVerify: flags['skip-verify'],
  }
  const api = new LibrenmsV0(connection, { clock, signal })
  try {
    await api.call('GET', '/ping')
    return api
  } catch (error) {
    api.close()
    throw error
  }
}

/** A name of an instance can be part of a key. @throws SHITOPS_E_USAGE */
export function instanceOf({ instance }: ApiFlags): string | undefined {
  if (instance === undefined || /^[a-z][a-z0-9_-]*$/.test(instance)) return instance
  throw new ShitopsError('SHITOPS_E_USAGE', `--instance ${instance}: lower-case letters, digits, _ and - belong there, a letter first`, {
    suggestions: ['--instance hq'],
  })
}

const pem = (file: string) =>
  readFile(file, 'utf8').catch((error: unknown) => {
    throw new ShitopsError('SHITOPS_E_FILE', `${file} cannot be read: ${messageOf(error)}`, { cause: error })
  })
