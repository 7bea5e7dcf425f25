import type { ByteBuffer } from '../../../bus/envelope/byte-buffer.ts'
import { int64Text } from '../wire/int64.ts'
import type { SubscribeResponse, UpdateSlot } from '../wire/response.ts'
import type { WirePath } from '../wire/wire-path.ts'
import { writeWholeValue } from './event-value.ts'
import type { ResponseLines } from './response-lines.ts'
import { rfc3339Nano } from './rfc3339-nano.ts'
import type { ValueProblem } from './value-problem.ts'

export interface JsonLineOptions {
  /** Where the responses come from. */
  source?: string | undefined
  subscription?: string | undefined
  /** Say when each response was received, `recv-timestamp`, and how long after it was sent, `latency-nano` and `latency-milli`. */
  latency?: boolean
}

const COMMA = 0x2c
const END_OF_LIST = Buffer.from(']')
const END_OF_UPDATE = Buffer.from('}}')

/**
 * gnmic's json format, a line for each response: `{"source", "subscription-name", "timestamp", "time", "prefix", "target", "atomic",
 * "updates": [{"Path", "values": {PATH without keys: VALUE}, "duplicates"}], "deletes"}`, or `{"sync-response": true}`. Other than gnmic's,
 * nothing is rounded: integers of more than 2^53 and the timestamp (ns) are text. A JSON value stays as the target sent it.
 */
export class JsonLines implements ResponseLines {
  readonly #head: string
  readonly #latency: boolean

  constructor({ source, subscription, latency = false }: JsonLineOptions = {}) {
    this.#latency = latency
    const members = { ...(source !== undefined && { source }), ...(subscription !== undefined && { 'subscription-name': subscription }) }
    this.#head = JSON.stringify(members).slice(0, -1)
  }

  /** An error or an empty response has no line. */
  write(out: ByteBuffer, response: SubscribeResponse, receivedAt?: number): ValueProblem[] {
    const { kind } = response
    const comma = this.#head === '{' ? '' : ','
    if (kind === 'sync') out.text(`${this.#head}${comma}"sync-response":${response.sync}}\n`)
    if (kind !== 'notification') return []
    const { timestampLo: lo, timestampHi: hi, prefix, atomic } = response
    const time = rfc3339Nano(lo, hi)
    const above = pathText(prefix)
    out.text(`${this.#head}${comma}"timestamp":"${int64Text(lo, hi)}"`)
    if (time) out.text(`,"time":"${time}"`)
    if (this.#latency && receivedAt !== undefined) out.text(latencyMembers(int64Text(lo, hi), receivedAt))
    if (above) out.text(`,"prefix":${JSON.stringify(above)}`)
    if (prefix.target) out.text(`,"target":${JSON.stringify(prefix.target)}`)
    if (atomic) out.text(',"atomic":true')
    const problems: ValueProblem[] = prefix.flawed ? [{ code: 'not_utf8', path: prefix.text }] : []
    writeUpdates(out, response, problems)
    writeDeletes(out, response, problems)
    out.text('}\n')
    return problems
  }
}

/** @param sent ns, as text; 0 where the target has no time, and then there is no latency */
function latencyMembers(sent: string, receivedAt: number): string {
  const received = BigInt(receivedAt) * 1_000_000n
  const nano = received - BigInt(sent)
  const latency = sent === '0' ? '' : `,"latency-nano":"${nano}","latency-milli":${Number(nano / 1_000_000n)}`
  return `,"recv-timestamp":"${received}"${latency}`
}

function writeUpdates(out: ByteBuffer, { updates, updateCount, prefix }: SubscribeResponse, problems: ValueProblem[]): void {
  if (updateCount === 0) return
  out.text(',"updates":[')
  for (let i = 0; i < updateCount; i++) {
    const update = updates[i] as UpdateSlot
    const { path, duplicates } = update
    if (i > 0) out.byte(COMMA)
    out.text(`{"Path":${JSON.stringify(pathText(path))}`)
    if (duplicates > 0) out.text(`,"duplicates":${duplicates}`)
    out.text(`,"values":{${JSON.stringify(nameOf(path))}:`)
    const code = writeWholeValue(out, update) ?? (path.flawed ? 'not_utf8' : undefined)
    out.bytes(END_OF_UPDATE)
    if (code) problems.push({ code, path: prefix.text + path.text })
  }
  out.bytes(END_OF_LIST)
}

function writeDeletes(out: ByteBuffer, { deletes, deleteCount, prefix }: SubscribeResponse, problems: ValueProblem[]): void {
  if (deleteCount === 0) return
  out.text(',"deletes":[')
  for (let i = 0; i < deleteCount; i++) {
    const path = deletes[i] as WirePath
    if (i > 0) out.byte(COMMA)
    out.text(JSON.stringify(pathText(path)))
    if (path.flawed) problems.push({ code: 'not_utf8', path: prefix.text + path.text })
  }
  out.bytes(END_OF_LIST)
}

/** As gnmic writes a path: without the slash that it begins with, unless it has an origin. */
const pathText = ({ origin, text }: WirePath) => (origin ? `${origin}:${text || '/'}` : text.slice(1))

/** The same without keys. */
function nameOf({ origin, elems }: WirePath): string {
  const names = elems.map(({ name }) => name).filter((name) => name !== '')
  return origin ? `${origin}:/${names.join('/')}` : names.join('/')
}
