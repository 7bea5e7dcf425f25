import { ShitopsError } from '../../../base/errors.ts'
import { readSecretFile } from '../../../base/secret-file.ts'

/** What may stand in a header; LibreNMS makes 32 hex digits, API v1 `12|…`. */
const TOKEN = /^[\x21-\x7e]{8,512}$/

/** Holds the token where no file is named. */
export const TOKEN_VARIABLE = 'SHITOPS_LIBRENMS_TOKEN'

/**
 * The API token: from a file of mode 0600, or from SHITOPS_LIBRENMS_TOKEN.
 * @throws SHITOPS_E_LIBRENMS_TOKEN, SHITOPS_E_FILE, SHITOPS_E_SECRET_MODE
 */
export async function readToken(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  variable: string = TOKEN_VARIABLE,
): Promise<string> {
  const token = (file === undefined ? env[variable] : await readSecretFile(file))?.trim()
  const next = ['make one in LibreNMS: gear, API, API settings', '--token-file FILE (mode 0600)', `the environment variable ${variable}`]
  if (!token) {
    const what = file === undefined ? 'there is no token for LibreNMS' : `${file} is empty, where the token should be`
    throw new ShitopsError('SHITOPS_E_LIBRENMS_TOKEN', what, { suggestions: next })
  }
  if (TOKEN.test(token)) return token
  const where = file ?? variable
  throw new ShitopsError('SHITOPS_E_LIBRENMS_TOKEN', `${where} does not hold a token: one line without spaces`, { suggestions: next })
}
