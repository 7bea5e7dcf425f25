import { createHmac } from 'node:crypto'

/** 64 bits: enough to tell the headsets of a site apart, too few to test guesses against without the secret. */
const HEX_DIGITS = 16

/**
 * The id of a headset on the bus, `hs_9f2c41d07b3ae815`: HMAC-SHA-256 of its address, truncated. Without the secret nobody can go back
 * from id to address, or follow a headset from one secret to the next.
 */
export function pseudonym(secret: Buffer, address: string): string {
  return `hs_${createHmac('sha256', secret).update(address).digest('hex').slice(0, HEX_DIGITS)}`
}
