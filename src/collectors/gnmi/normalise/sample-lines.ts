import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import type { ValueProblem } from '../event/value-problem.ts'
import { int64Text, splitUint64 } from '../wire/int64.ts'
import type { SubscribeResponse } from '../wire/response.ts'
import type { CompiledMappings } from './compiled-mappings.ts'
import { Normaliser } from './normaliser.ts'

/**
 * The samples of one target's responses, one line each: `{"timestamp", "metric", "instance", "value", "unit"}`, of a rate also `interval_s`.
 * The timestamp is the notification's, in ns, as text.
 */
export class SampleLines {
  readonly #normaliser: Normaliser

  constructor(mappings: CompiledMappings) {
    this.#normaliser = new Normaliser(mappings)
  }

  /** Appends the lines of a response. Returns the last of the leaves that a rule is about and can make nothing of. */
  write(out: ByteBuffer, response: SubscribeResponse): ValueProblem[] {
    const { timestampLo, timestampHi } = response
    const before = this.#normaliser.counts.unreadable
    const timestamp = int64Text(timestampLo, timestampHi)
    for (const { metric, instance, value, unit, interval } of this.#normaliser.samples(response, millisecondsOf(response)))
      out.text(`${JSON.stringify({ timestamp, metric, instance, value, unit, interval_s: interval })}\n`)
    return this.#normaliser.counts.unreadable > before ? [{ code: 'no_sample', path: this.#normaliser.lastUnreadable }] : []
  }
}

const halves = { high: 0, low: 0 }

/** ms since the epoch of a response's timestamp; 0 where it has none, or one before 1970. */
function millisecondsOf({ timestampLo, timestampHi }: SubscribeResponse): number {
  return timestampHi < 0 ? 0 : splitUint64(timestampLo, timestampHi, halves).high
}
