import { join } from 'node:path'
import { ShitopsError } from '../../base/errors.ts'
import { readSecretFile } from '../../base/secret-file.ts'

/** Holds the token that the dashboard shows to a server. */
export const TOKEN_VARIABLE = 'SHITOPS_DASH_TOKEN'

/**
 * The token for a server: of a file, else of the environment, else, for a server on this machine alone, of the file that `shitops serve` has made
 * for its user.
 * @throws SHITOPS_E_DASH_TOKEN, SHITOPS_E_SECRET_MODE, SHITOPS_E_FILE
 */
export async function dashToken(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  { url, directory }: { url: URL; directory: string },
): Promise<string> {
  if (file !== undefined) return tokenIn(await readSecretFile(file), file)
  const given = env[TOKEN_VARIABLE]?.trim()
  if (given) return given
  if (isOwn(url)) {
    const path = join(directory, 'tokens')
    const text = await readSecretFile(path).catch((error: unknown) => {
      if (error instanceof ShitopsError && error.code === 'SHITOPS_E_FILE') return undefined
      throw error
    })
    if (text !== undefined) return tokenIn(text, path)
  }
  throw new ShitopsError('SHITOPS_E_DASH_TOKEN', `${url.host} wants a token, and none is given`, {
    suggestions: ['--token-file FILE (mode 0600)', `${TOKEN_VARIABLE}=… in the environment`],
  })
}

/** Only of such a host is it sure that the token of this machine is its own. */
const isOwn = ({ hostname }: URL): boolean => hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(hostname)

/** A token alone, or the first of a server's file that is written out and opens a channel. */
function tokenIn(text: string, path: string): string {
  for (const line of text.split(/\r?\n/)) {
    const words = line.trim().split(/\s+/)
    if (line.trim() === '' || line.startsWith('#')) continue
    if (words.length === 1 && words[0]) return words[0]
    const [, roles = '', token = ''] = words
    if (words.length === 3 && /\b(?:finance|operations)\b/.test(roles) && !token.startsWith('sha256:')) return token
  }
  throw new ShitopsError('SHITOPS_E_DASH_TOKEN', `${path} has no token that is written out and opens a channel`, {
    suggestions: ['a file with the token alone', 'a line NAME ROLES TOKEN with the role finance or operations'],
  })
}
