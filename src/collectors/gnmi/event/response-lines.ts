import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import type { SubscribeResponse } from '../wire/response.ts'
import type { ValueProblem } from './value-problem.ts'

/** A form in which responses are printed, whole lines for each. */
export interface ResponseLines {
  /**
   * Appends the lines of a response. Returns what could not be written as it is: it was written as text.
   * @param receivedAt ms since the epoch, where it is known
   */
  write(out: ByteBuffer, response: SubscribeResponse, receivedAt?: number): readonly ValueProblem[]
}
