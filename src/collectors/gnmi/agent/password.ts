import { randomBytes } from 'node:crypto'
import { ShitopsError } from '../../../base/errors.ts'
import { createSecretFile, readSecretFile } from '../../../base/secret-file.ts'

/** Random bytes in a password that is made here. */
const PASSWORD_BYTES = 24

/**
 * The first line of a file of mode 0600; a random password is written there when there is no such file.
 * @throws SHITOPS_E_SECRET_MODE when others may open it, SHITOPS_E_FILE when it cannot be read or is empty
 */
export async function readOrCreatePassword(path: string): Promise<{ password: string; created: boolean }> {
  const created = await createSecretFile(path, `${randomBytes(PASSWORD_BYTES).toString('base64url')}\n`)
  const [password = ''] = (await readSecretFile(path)).split(/\r?\n/)
  if (password.trim() !== '') return { password, created }
  throw new ShitopsError('SHITOPS_E_FILE', `${path} is empty, so there is no password`, {
    suggestions: [`rm ${path} (a random one is made)`, '--password-file FILE'],
  })
}
