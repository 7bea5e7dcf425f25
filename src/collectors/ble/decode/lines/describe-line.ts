import { parseKey } from '../../keys/key.ts'
import { readKeyReply } from '../../keys/key-reply.ts'
import { AddressHash } from '../../keys/resolvable-address.ts'
import { Problem } from '../problem.ts'
import { describeStatusByte, type ProximityPairing } from '../proximity-pairing.ts'
import { type Described, describeH4, describeManufacturerData, describePayload, type Recognise } from './describe-payload.ts'
import { type Format, type InputLine, parseInputLine } from './input-line.ts'

/** What the formats without a TLV carry. */
type BareFrame =
  | ({ type: '0x07'; kind: 'proximity_pairing' } & Partial<ProximityPairing>)
  | { kind: 'address_hash'; prand: string; ah: string; aes: string; rpa: string }
  | { kind: 'key_reply'; keys: string[] }

/** One line of output: the number of the input line, and its frames or why there are none. */
export type DescribedLine = { line: number } & (Described | { frames: BareFrame[] } | { error: Problem })

type Reader = (input: InputLine, recognise?: Recognise) => Described | { frames: BareFrame[] } | Problem

const APPLE = Buffer.from([0x4c, 0x00])

const READERS: Readonly<Record<Format, Reader>> = {
  manufacturerData: ({ bytes, address }, recognise) => describeManufacturerData(bytes, address, recognise),
  payloadWithoutCompanyId: ({ bytes, address }, recognise) => describeManufacturerData(Buffer.concat([APPLE, bytes]), address, recognise),
  advData: ({ bytes, address }, recognise) => describePayload(bytes, address, recognise),
  h4: ({ bytes }, recognise) => describeH4(bytes, recognise),
  statusByte: describeStatusLine,
  ah: describeAddressHash,
  aap: describeKeyReply,
}

/**
 * What one line of input says: every TLV of its frame, or why it cannot be read. Null for a blank line.
 * @param line the line's own number, from 1
 */
export function describeLine(text: string, line: number, recognise?: Recognise): DescribedLine | null {
  if (text.trim() === '') return null
  const input = parseInputLine(text)
  const described = input instanceof Problem ? input : READERS[input.format](input, recognise)
  return described instanceof Problem ? { line, error: described } : { line, ...described }
}

function describeStatusLine({ bytes }: InputLine): { frames: BareFrame[] } | Problem {
  const [status] = bytes
  if (status === undefined || bytes.length !== 1)
    return new Problem('SHITOPS_E_BLE_BROKEN', `a status byte is one byte, not ${bytes.length}`)
  return { frames: [{ type: '0x07', kind: 'proximity_pairing', ...describeStatusByte(status) }] }
}

/** The address that an IRK makes of a prand, as in the Core Specification's sample data: for checking a key by hand. */
function describeAddressHash({ bytes, irk }: InputLine): { frames: BareFrame[] } | Problem {
  if (bytes.length !== 3) return new Problem('SHITOPS_E_BLE_BROKEN', `a prand is 3 bytes, not ${bytes.length}`)
  let hash: AddressHash
  try {
    hash = new AddressHash(parseKey(irk))
  } catch {
    return new Problem('SHITOPS_E_BLE_INPUT', 'format ah needs the "irk" on the line, 32 hex digits, most significant byte first')
  }
  const prand = bytes.toString('hex')
  const aes = hash.encrypt(bytes.readUIntBE(0, 3)).toString('hex')
  const ah = aes.slice(-6)
  return { frames: [{ kind: 'address_hash', prand, ah, aes, rpa: `${prand}${ah}`.replace(/(..)(?!$)/g, '$1:') }] }
}

/** Which keys a headset's answer carries; the keys themselves are for `scan enrol add`. */
function describeKeyReply({ bytes }: InputLine): { frames: BareFrame[] } | Problem {
  const reply = readKeyReply(bytes)
  if (!reply) return new Problem('SHITOPS_E_BLE_BROKEN', 'not a reply with proximity keys (04 00 04 00 31 00 …)')
  return { frames: [{ kind: 'key_reply', keys: (['irk', 'enc'] as const).filter((name) => reply[name] !== null) }] }
}
