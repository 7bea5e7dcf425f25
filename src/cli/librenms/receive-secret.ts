import { randomBytes } from 'node:crypto'
import { ShitopsError } from '../../base/errors.ts'
import { createSecretFile, readSecretFile } from '../../base/secret-file.ts'

/** Shorter ones can be guessed. */
const SHORTEST = 16

/**
 * The first line of a file of mode 0600; a random secret is written there when there is no such file.
 * @throws SHITOPS_E_RECEIVE_SECRET, SHITOPS_E_SECRET_MODE, SHITOPS_E_FILE
 */
export async function readOrCreateSecret(path: string): Promise<{ secret: string; created: boolean }> {
  const created = await createSecretFile(path, `${randomBytes(32).toString('base64url')}\n`)
  const [secret = ''] = (await readSecretFile(path)).split(/\r?\n/)
  if (secret.trim().length >= SHORTEST) return { secret: secret.trim(), created }
  throw new ShitopsError('SHITOPS_E_RECEIVE_SECRET', `${path} does not hold a secret of at least ${SHORTEST} characters`, {
    suggestions: [`rm ${path} (a random one is made)`],
  })
}
