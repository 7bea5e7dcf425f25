import type { ErrorCode } from '../../../../base/errors.ts'
import { ByteBuffer } from '../../../../bus/envelope/byte-buffer.ts'
import { ResponseDecoder } from '../../wire/decoder.ts'
import { Malformed } from '../../wire/malformed.ts'
import type { SubscribeResponse } from '../../wire/response.ts'
import { problemText, type ValueProblem } from '../value-problem.ts'
import { type Item, itemsOf } from './items.ts'
import { ProtoJsonProblem } from './proto-json-problem.ts'
import { protoJsonToWire } from './to-wire.ts'

/** What lines are made of a response: its events, or its samples. */
export interface ResponseLines {
  /** Appends them; returns what could not be written as it is. */
  write(out: ByteBuffer, response: SubscribeResponse): readonly ValueProblem[]
}

/**
 * The lines of SubscribeResponses in protobuf's JSON mapping, as many at once as have arrived. What cannot be read gives
 * `{"line": N, "error": {"code", "message"}}` in its place, and the stream goes on; a value that had to be kept as text gives its event and
 * such a line after it.
 */
export async function* decodeItems(chunks: AsyncIterable<Uint8Array>, lines: ResponseLines): AsyncGenerator<string> {
  const decoder = new ResponseDecoder()
  const out = new ByteBuffer()
  for await (const items of itemsOf(chunks)) {
    for (const item of items) {
      decodeItem(item, decoder, lines, out)
      if (out.length < OUTPUT_AT_ONCE) continue
      yield out.view().toString()
      out.clear()
    }
    if (out.length > 0) yield out.view().toString()
    out.clear()
  }
}

/** Bytes of output that are handed on before more is read. */
const OUTPUT_AT_ONCE = 1 << 20

function decodeItem({ line, bytes }: Item, decoder: ResponseDecoder, lines: ResponseLines, out: ByteBuffer): void {
  const error = (code: ErrorCode, message: string) => out.text(`${JSON.stringify({ line, error: { code, message } })}\n`)
  if (bytes === null) {
    error('SHITOPS_E_GNMI_INPUT', 'a message of more than 64 MiB')
    return
  }
  const wire = protoJsonToWire(bytes)
  if (wire instanceof ProtoJsonProblem) {
    error('SHITOPS_E_GNMI_INPUT', wire.message)
    return
  }
  const response = decoder.decode(wire)
  if (response instanceof Malformed) error('SHITOPS_E_GNMI_INPUT', response.message)
  else if (response.kind === 'error')
    error('SHITOPS_E_GNMI_TARGET', `the target says: ${response.errorMessage} (code ${response.errorCode})`)
  else for (const problem of lines.write(out, response)) error('SHITOPS_E_GNMI_VALUE', problemText(problem))
}
