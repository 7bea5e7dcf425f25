import type { Encoding, Subscription } from '../config.ts'
import type { GnmiConnection } from './connection.ts'
import { failureOf } from './failure.ts'

/** What a target was found to speak, kept while the connection lives. */
export interface Encodings {
  chosen?: Encoding | undefined
}

/** In order of what decoding costs and how exactly values keep their types. */
const PREFERRED = ['PROTO', 'JSON_IETF', 'JSON', 'ASCII', 'BYTES'] as const
/** Every target has to understand it (gNMI specification, 2.3). */
const FALLBACK = 'JSON'
const TIMEOUT = 10_000

/** The encoding to ask for: the subscription's own, or of those that the target names in its Capabilities the best. */
export async function encodingFor(
  connection: GnmiConnection,
  { encoding }: Pick<Subscription, 'encoding'>,
  known: Encodings,
  signal: AbortSignal,
): Promise<Encoding> {
  if (encoding !== 'auto') return encoding
  known.chosen ??= await bestEncoding(connection, signal)
  return known.chosen
}

/**
 * The best encoding of those that the target names; JSON where it has no Capabilities.
 * @param preferred best first
 * @throws SHITOPS_E_GNMI_… where it cannot be asked
 */
export async function bestEncoding(
  connection: GnmiConnection,
  signal: AbortSignal,
  preferred: readonly Encoding[] = PREFERRED,
): Promise<Encoding> {
  try {
    const answer = await connection.ask<{ supported_encodings?: Encoding[] }>('Capabilities', {}, { timeout: TIMEOUT, signal })
    const offered = answer.supported_encodings ?? []
    return preferred.find((encoding) => offered.includes(encoding)) ?? offered[0] ?? FALLBACK
  } catch (error) {
    const { class: kind } = failureOf(error)
    if (kind === 'refused' || kind === 'not_gnmi') return FALLBACK
    throw error
  }
}
