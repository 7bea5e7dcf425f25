import { randomBytes } from 'node:crypto'
import { link, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ShitopsError } from '../../base/errors.ts'
import { readSecretFile } from '../../base/secret-file.ts'

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
  await createMissing(path)
  const text = (await readSecretFile(path)).trim()
  if (SECRET.test(text)) return Buffer.from(text, 'hex')
  throw new ShitopsError('SHITOPS_E_FILE', `${path} does not hold the secret of the pseudonyms: 64 hex digits`, {
    suggestions: [`rm ${path} (a new one is made, and every headset gets a new id)`, '--secret-file FILE'],
  })
}

/** Two processes may come first at once: the file appears whole, and only one of them makes it. */
async function createMissing(path: string): Promise<void> {
  const fresh = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    const file = await open(fresh, 'wx', 0o600)
    await file.writeFile(`${randomBytes(SECRET_BYTES).toString('hex')}\n`)
    await file.close()
    await link(fresh, path)
  } catch (error) {
    // Whatever else keeps it from being written (a folder that is read-only), the file may be there already: reading it tells.
    if (!isErrno(error)) throw error
  } finally {
    await rm(fresh, { force: true })
  }
}

const isErrno = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'code' in error
