import { randomBytes } from 'node:crypto'
import { ShitopsError } from '../../base/errors.ts'
import { createSecretFile, readSecretFile } from '../../base/secret-file.ts'

/** As long as the hash that it keys. */
const SECRET_BYTES = 32
const SECRET = /^[0-9a-f]{64}$/

/**
 * The secret of the pseudonyms: 64 hex digits in a file of mode 0600, made on first use. All receivers of a site need the same one; a new
 * one gives every headset a new id (docs/privacy.md, "Rotation").
 *
 * @throws SHITOPS_E_SECRET_MODE when others may open it, SHITOPS_E_FILE when it cannot be read or holds something else
 */
export async function readOrCreateSecret(path: string): Promise<Buffer> {
  await createSecretFile(path, `${randomBytes(SECRET_BYTES).toString('hex')}\n`)
  const text = (await readSecretFile(path)).trim()
  if (SECRET.test(text)) return Buffer.from(text, 'hex')
  throw new ShitopsError('SHITOPS_E_FILE', `${path} does not hold the secret of the pseudonyms: 64 hex digits`, {
    suggestions: [`rm ${path} (a new one is made, and every headset gets a new id)`, '--secret-file FILE'],
  })
}
