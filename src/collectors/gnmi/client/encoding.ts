import type { Encoding, Subscription } from '../config.ts'
import { negotiate } from '../request/negotiate.ts'
import type { GnmiConnection } from './connection.ts'

/** What a target was found to speak, kept while the connection lives. */
export interface Encodings {
  chosen?: Encoding | undefined
}

/** In order of what decoding costs and how exactly values keep their types. */
const PREFERRED = ['PROTO', 'JSON_IETF', 'JSON', 'ASCII', 'BYTES'] as const

/** The encoding to ask for: the subscription's own, or of those that the target names in its Capabilities the best. @throws SHITOPS_E_GNMI_… where it cannot be asked */
export async function encodingFor(
  connection: GnmiConnection,
  { encoding }: Pick<Subscription, 'encoding'>,
  known: Encodings,
  signal: AbortSignal,
): Promise<Encoding> {
  if (encoding !== 'auto') return encoding
  known.chosen ??= (await negotiate(connection, { encoding, preference: PREFERRED }, { timeout: connection.timeout, signal })).encoding
  return known.chosen
}
