import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(pbkdf2)
/** Kafka's own are 4,096 and more; a server that asks for billions wants to keep us busy. */
const MIN_ITERATIONS = 4_096
const MAX_ITERATIONS = 10_000_000
/** `n,,`: no channel binding, no other identity; in base64 as the last message repeats it. */
const GS2 = 'n,,'
const GS2_BASE64 = 'biws'

/** The server did not keep to SCRAM, or does not know the password either. */
export class ScramError extends Error {}

/**
 * SCRAM (RFC 5802, RFC 7677) with what Kafka uses of it. Yields what to send, is given what came; returns once the server has proved that it
 * knows the password too. @throws ScramError
 */
export async function* scram(
  hash: 'sha256' | 'sha512',
  { username, password }: { username: string; password: string },
  nonce = randomBytes(24).toString('base64url'),
): AsyncGenerator<Buffer, void, Buffer> {
  const firstBare = `n=${escaped(username)},r=${nonce}`
  const serverFirst = (yield Buffer.from(GS2 + firstBare)).toString()
  const { r: serverNonce = '', s: salt = '', i: iterations = '' } = fieldsOf(serverFirst)
  if (!serverNonce.startsWith(nonce) || serverNonce.length === nonce.length)
    throw new ScramError('the nonce in the server’s answer is not ours')
  const rounds = Number(iterations)
  if (!Number.isInteger(rounds) || rounds < MIN_ITERATIONS || rounds > MAX_ITERATIONS) {
    throw new ScramError(`the server asks for ${/^\d+$/.test(iterations) ? iterations : 'no number of'} iterations`)
  }
  const size = hash === 'sha256' ? 32 : 64
  const salted = await derive(password.normalize('NFKC'), Buffer.from(salt, 'base64'), rounds, size, hash)
  const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest()
  const clientKey = hmac(salted, 'Client Key')
  const lastBare = `c=${GS2_BASE64},r=${serverNonce}`
  const exchanged = `${firstBare},${serverFirst},${lastBare}`
  const signature = hmac(createHash(hash).update(clientKey).digest(), exchanged)
  const proof = Buffer.from(clientKey.map((byte, i) => byte ^ (signature[i] as number)))
  const serverLast = (yield Buffer.from(`${lastBare},p=${proof.toString('base64')}`)).toString()
  const { v: verifier = '', e: refusal } = fieldsOf(serverLast)
  if (refusal !== undefined) throw new ScramError(refusal)
  const given = Buffer.from(verifier, 'base64')
  const wanted = hmac(hmac(salted, 'Server Key'), exchanged)
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw new ScramError('the server does not know the password')
}

/** `,` and `=` stand for themselves nowhere else in the message. */
const escaped = (name: string) => name.replace(/=/g, '=3D').replace(/,/g, '=2C')

function fieldsOf(message: string): Partial<Record<string, string>> {
  return Object.fromEntries(message.split(',').map((field) => [field.slice(0, 1), field.slice(2)]))
}
