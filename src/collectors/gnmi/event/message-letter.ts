import type { DeadLetter, DeadLetterReason } from '../../../events/index.ts'
import type { Malformed } from '../wire/malformed.ts'
import { problemText, type ValueProblem } from './value-problem.ts'

/**
 * For `device_telemetry.dlq`: a message that is no SubscribeResponse, or has values that could only be kept as text. The value is the whole
 * message as it came, in base64.
 * @param target the key, as on the records of the device
 */
export function messageLetter(
  target: string,
  message: Buffer,
  what: Pick<Malformed, 'message'> | readonly ValueProblem[],
): { letter: DeadLetter; reason: DeadLetterReason } {
  const text = 'message' in what ? what.message : what.map(problemText).join('; ')
  return { letter: { key: target, value: message.toString('base64') }, reason: { code: 'decode_error', message: text } }
}
