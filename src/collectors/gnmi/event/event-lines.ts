import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { int64Text } from '../wire/int64.ts'
import type { SubscribeResponse, UpdateSlot } from '../wire/response.ts'
import type { WirePath } from '../wire/wire-path.ts'
import { writeEventValues } from './event-value.ts'
import { type JoinedPath, type JoinedPaths, sharedJoinedPaths } from './joined-paths.ts'
import type { ResponseLines } from './response-lines.ts'
import type { ValueProblem } from './value-problem.ts'

export interface EventLineOptions {
  /** Name of the subscription; default `default`. */
  subscription?: string | undefined
  /** More tags, such as `source` and `subscription-name`; one that a path has already becomes `meta_…`. */
  tags?: Readonly<Record<string, string>>
  /** Default: one for the process. */
  paths?: JoinedPaths
}

/** A tag that is the same for all events, as JSON under its own name and under the one it takes when that is used up. */
interface MetaTag {
  name: string
  json: Buffer
  renamed: Buffer
}

const COMMA = 0x2c
const END = Buffer.from('}}\n')

/**
 * gnmic's event format, one line for each delete and each update: `{"name", "timestamp", "tags", "values" or "deletes"}`. Other than
 * gnmic's, nothing is rounded: integers of more than 2^53 and the timestamp (ns) are text; and deletes come before the updates, as they
 * are to be applied (gNMI 3.5.2.3).
 */
export class EventLines implements ResponseLines {
  readonly #head: string
  readonly #meta: readonly MetaTag[]
  readonly #paths: JoinedPaths

  constructor({ subscription = 'default', tags = {}, paths = sharedJoinedPaths() }: EventLineOptions = {}) {
    this.#head = `{"name":${JSON.stringify(subscription)},"timestamp":"`
    this.#meta = Object.entries(tags).map(([name, value]) => ({
      name,
      json: Buffer.from(`${JSON.stringify(name)}:${JSON.stringify(value)}`),
      renamed: Buffer.from(`${JSON.stringify(`meta_${name}`)}:${JSON.stringify(value)}`),
    }))
    this.#paths = paths
  }

  /** Appends the lines of a response; a sync, an error or an empty one has none. Returns what could not be written as it is. */
  write(out: ByteBuffer, response: SubscribeResponse): ValueProblem[] {
    const { prefix, updates, updateCount, deletes, deleteCount, timestampLo, timestampHi } = response
    const problems: ValueProblem[] = []
    const start = Buffer.from(`${this.#head}${int64Text(timestampLo, timestampHi)}","tags":{`)
    for (let i = 0; i < deleteCount; i++) {
      const path = deletes[i] as WirePath
      this.#writeDelete(out, start, this.#paths.get(prefix, path))
      if (prefix.flawed || path.flawed) problems.push({ code: 'not_utf8', path: prefix.text + path.text })
    }
    for (let i = 0; i < updateCount; i++) {
      const update = updates[i] as UpdateSlot
      const code = this.#writeUpdate(out, start, update, this.#paths.get(prefix, update.path))
      const flawed = prefix.flawed || update.path.flawed ? 'not_utf8' : undefined
      if (code || flawed) problems.push({ code: code ?? 'not_utf8', path: prefix.text + update.path.text })
    }
    return problems
  }

  #writeDelete(out: ByteBuffer, start: Buffer, path: JoinedPath): void {
    this.#writeTags(out, start, path)
    out.text(`},"deletes":[${JSON.stringify(path.name)}]}\n`)
  }

  #writeUpdate(out: ByteBuffer, start: Buffer, update: UpdateSlot, path: JoinedPath) {
    this.#writeTags(out, start, path)
    const problem = writeEventValues(out, update, path)
    out.bytes(END)
    return problem
  }

  #writeTags(out: ByteBuffer, start: Buffer, { tags, tagsJson }: JoinedPath): void {
    out.bytes(start)
    out.bytes(tagsJson)
    let comma = tags.size > 0
    for (const { name, json, renamed } of this.#meta) {
      if (comma) out.byte(COMMA)
      out.bytes(tags.has(name) ? renamed : json)
      comma = true
    }
  }
}
