import { readLines } from '../../../../base/lines.ts'
import { Problem } from '../problem.ts'
import { type DescribedLine, describeLine } from './describe-line.ts'
import type { Recognise } from './describe-payload.ts'

/** A frame with everything a JSON line may carry beside it fits many times over. */
const MAX_LINE_BYTES = 64 * 1024

/**
 * What each line of a byte stream says, in order, as many lines at once as have arrived. A line that cannot be read gives its error and
 * the stream goes on.
 */
export async function* describeLines(chunks: AsyncIterable<Uint8Array>, recognise?: Recognise): AsyncGenerator<DescribedLine[]> {
  for await (const lines of readLines(chunks, MAX_LINE_BYTES)) {
    const described = lines.map(({ text, number }) => (text === null ? tooLong(number) : describeLine(text, number, recognise)))
    yield described.filter((line) => line !== null)
  }
}

const tooLong = (line: number): DescribedLine => ({
  line,
  error: new Problem('SHITOPS_E_BLE_INPUT', `a line of more than ${MAX_LINE_BYTES} bytes`),
})
