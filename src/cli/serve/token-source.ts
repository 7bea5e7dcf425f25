import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { createSecretFile, readSecretFile } from '../../base/secret-file.ts'
import { parseTokens, type Tokens } from '../../server/access/tokens.ts'

/** Holds the tokens themselves, as a file would. */
export const TOKENS_VARIABLE = 'SHITOPS_SERVE_TOKENS'

export interface TokenSource {
  tokens: Tokens
  /** Where they are, for people; never what they are. */
  place: string
  /** Made now, at random. */
  created: boolean
  /** The token of the user's own file, to be shown to that user's terminal and nowhere else. */
  own?: string | undefined
}

/**
 * The tokens that the server takes: of a file, else of the environment, else of a file of the user's own, which is made with one token when it is
 * not there.
 * @throws SHITOPS_E_SERVE_TOKENS, SHITOPS_E_SECRET_MODE, SHITOPS_E_FILE
 */
export async function readTokens(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<TokenSource> {
  const given = env[TOKENS_VARIABLE]
  if (file === undefined && given) {
    // Several in one line: a variable has no line breaks that survive everywhere.
    return { tokens: parseTokens(given.replaceAll(';', '\n'), TOKENS_VARIABLE), place: TOKENS_VARIABLE, created: false }
  }
  const path = file ?? join(directory, 'tokens')
  const text = `# NAME ROLES TOKEN\nlocal finance,operations,write ${randomBytes(32).toString('base64url')}\n`
  const created = file === undefined && (await createSecretFile(path, text))
  const lines = await readSecretFile(path)
  const own = file === undefined ? /^local \S+ (?!sha256:)(\S+)$/m.exec(lines)?.[1] : undefined
  return { tokens: parseTokens(lines, path), place: path, created, own }
}
