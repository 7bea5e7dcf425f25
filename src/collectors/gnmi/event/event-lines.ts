import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { int64Text } from '../wire/int64.ts'
import type { SubscribeResponse, UpdateSlot } from '../wire/response.ts'
import type { WirePath } from '../wire/wire-path.ts'
import { writeEventValues } from './event-value.ts'
import { type JoinedPath, type JoinedPaths, sharedJoinedPaths } from './joined-paths.ts'
import { writeDigits } from './numbers.ts'
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

const COMMA = 0x2c
const BRACE = 0x7d
const NEWLINE = 0x0a
const NO_PROBLEMS: readonly ValueProblem[] = []

/**
 * gnmic's event format, one line for each delete and each update: `{"name", "timestamp", "tags", "values" or "deletes"}`. Other than
 * gnmic's, nothing is rounded: integers of more than 2^53 and the timestamp (ns) are text; and deletes come before the updates, as they
 * are to be applied (gNMI 3.5.2.3).
 */
export class EventLines implements ResponseLines {
  readonly #head: Buffer
  /** The tags that are the same for all events. */
  readonly #meta: Readonly<Record<string, string>>
  readonly #metaNames: readonly string[]
  /** The same as JSON without braces, for the paths that have no tag of any of these names. */
  readonly #metaJson: Buffer
  readonly #paths: JoinedPaths

  constructor({ subscription = 'default', tags = {}, paths = sharedJoinedPaths() }: EventLineOptions = {}) {
    this.#head = Buffer.from(`{"name":${JSON.stringify(subscription)},"timestamp":"`)
    this.#meta = tags
    this.#metaNames = Object.keys(tags)
    this.#metaJson = Buffer.from(members(tags))
    this.#paths = paths
  }

  /** Appends the lines of a response; a sync, an error or an empty one has none. Returns what could not be written as it is. */
  write(out: ByteBuffer, response: SubscribeResponse): readonly ValueProblem[] {
    const { prefix, updates, updateCount, deletes, deleteCount } = response
    let problems: ValueProblem[] | undefined
    for (let i = 0; i < deleteCount; i++) {
      const path = deletes[i] as WirePath
      this.#writeDelete(out, response, this.#paths.get(prefix, path))
      if (prefix.flawed || path.flawed) {
        problems ??= []
        problems.push({ code: 'not_utf8', path: prefix.text + path.text })
      }
    }
    for (let i = 0; i < updateCount; i++) {
      const update = updates[i] as UpdateSlot
      const code = this.#writeUpdate(out, response, update, this.#paths.get(prefix, update.path))
      if (code || prefix.flawed || update.path.flawed) {
        problems ??= []
        problems.push({ code: code ?? 'not_utf8', path: prefix.text + update.path.text })
      }
    }
    return problems ?? NO_PROBLEMS
  }

  #writeDelete(out: ByteBuffer, response: SubscribeResponse, path: JoinedPath): void {
    this.#writeTags(out, response, path)
    out.text(`},"deletes":[${JSON.stringify(path.name)}]}\n`)
  }

  #writeUpdate(out: ByteBuffer, response: SubscribeResponse, update: UpdateSlot, path: JoinedPath) {
    this.#writeTags(out, response, path)
    const problem = writeEventValues(out, update, path)
    out.byte(BRACE)
    out.byte(BRACE)
    out.byte(NEWLINE)
    return problem
  }

  #writeTags(out: ByteBuffer, { timestampLo, timestampHi }: SubscribeResponse, { tags, beforeMeta }: JoinedPath): void {
    out.bytes(this.#head)
    if (timestampHi >= 0) writeDigits(out, timestampLo, timestampHi)
    else out.text(int64Text(timestampLo, timestampHi))
    out.bytes(beforeMeta)
    if (this.#metaNames.length === 0) return
    if (tags.size > 0) out.byte(COMMA)
    if (tags.size > 0 && this.#metaNames.some((name) => tags.has(name))) out.text(members(renamed(this.#meta, tags)))
    else out.bytes(this.#metaJson)
  }
}

const members = (tags: Readonly<Record<string, string>>) => JSON.stringify(tags).slice(1, -1)

/** Of the names that a path has already, each takes another. */
const renamed = (meta: Readonly<Record<string, string>>, tags: ReadonlyMap<string, string>) =>
  Object.fromEntries(Object.entries(meta).map(([name, value]) => [tags.has(name) ? `meta_${name}` : name, value]))
