import { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import type { SubscribeResponse, UpdateSlot } from '../wire/response.ts'
import { KIND } from '../wire/value.ts'
import type { WirePath } from '../wire/wire-path.ts'
import { writeBare } from './bare-text.ts'
import { writeWholeValue } from './event-value.ts'
import { lookAtJson } from './json-copy.ts'
import { flattenJsonToLines, type LeafLines } from './json-flatten.ts'
import type { ResponseLines } from './response-lines.ts'
import type { ProblemCode, ValueProblem } from './value-problem.ts'

export interface FlatLineOptions {
  /** Stands before each line as `[source] `; for more than one. */
  source?: string
  /** Between path and value; default `: `. A tab stands in neither of them. */
  separator?: string
}

/** A value on its way to its line. Shared, since one is written in one go. */
const scratch = new ByteBuffer(1024)

const NEWLINE = 0x0a

/**
 * A line for each leaf, `/interfaces/interface[name=eth0]/state/mtu: 1500`: a JSON object is taken apart as in an event, text has no quotes
 * unless it needs them, and nothing is rounded. Deletes come first, `deleted: /path`. Times are not shown.
 */
export class FlatLines implements ResponseLines {
  readonly #lines: LeafLines
  readonly #separator: string

  constructor({ source, separator = ': ' }: FlatLineOptions = {}) {
    const start = source === undefined ? '' : `[${source}] `
    this.#separator = separator
    this.#lines = { start: Buffer.from(start), between: Buffer.from(separator) }
  }

  /** A sync, an error or an empty response has no lines. */
  write(out: ByteBuffer, response: SubscribeResponse): ValueProblem[] {
    const { prefix, updates, updateCount, deletes, deleteCount } = response
    const problems: ValueProblem[] = []
    const keep = (path: WirePath, code: ProblemCode | undefined) => {
      const found = code ?? (prefix.flawed || path.flawed ? 'not_utf8' : undefined)
      if (found) problems.push({ code: found, path: prefix.text + path.text })
    }
    for (let i = 0; i < deleteCount; i++) {
      const path = deletes[i] as WirePath
      out.bytes(this.#lines.start)
      out.text(`deleted${this.#separator}${wholePath(prefix, path)}\n`)
      keep(path, undefined)
    }
    for (let i = 0; i < updateCount; i++) {
      const update = updates[i] as UpdateSlot
      keep(update.path, this.#writeUpdate(out, update, wholePath(prefix, update.path)))
    }
    return problems
  }

  #writeUpdate(out: ByteBuffer, update: UpdateSlot, path: string): ProblemCode | undefined {
    const json = update.kind === KIND.JSON || update.kind === KIND.JSON_IETF
    if (json && lookAtJson(update.bytes)?.object) {
      flattenJsonToLines(out, update.bytes, path, this.#lines)
      return undefined
    }
    scratch.clear()
    const problem = writeWholeValue(scratch, update)
    out.bytes(this.#lines.start)
    out.text(path)
    out.bytes(this.#lines.between)
    writeBare(out, scratch.view())
    out.byte(NEWLINE)
    return problem
  }
}

function wholePath(prefix: WirePath, path: WirePath): string {
  const origin = prefix.origin || path.origin
  return `${origin && `${origin}:`}${prefix.text + path.text || '/'}`
}
