import { Refusal } from '../refusal.ts'
import { type AgentEncoding, ENCODINGS } from '../tree/typed-value.ts'

/** @throws Refusal UNIMPLEMENTED for what the agent does not offer (gNMI 3.5.1.2); none asked for is JSON */
export function readEncoding(encoding: string | number = 'JSON'): AgentEncoding {
  const known = ENCODINGS.find((one) => one === encoding)
  if (known) return known
  throw new Refusal('UNIMPLEMENTED', `encoding ${encoding}: there are ${ENCODINGS.join(', ')}`)
}
