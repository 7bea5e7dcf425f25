/**
 * `npm run test:fuzz:ble -- --count N --seed S`: mutated frames through every decoder, from the hot path to the text of a line. Nothing
 * may throw, what comes out must be possible, and memory must stay flat. One JSON line; exit 1 when any of it does not hold.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describeTlvs } from '../../../src/collectors/ble/decode/frames.ts'
import { readH4 } from '../../../src/collectors/ble/decode/hci-report.ts'
import { describeLine } from '../../../src/collectors/ble/decode/lines/describe-line.ts'
import { describePayload } from '../../../src/collectors/ble/decode/lines/describe-payload.ts'
import { parseInputLine } from '../../../src/collectors/ble/decode/lines/input-line.ts'
import { Problem } from '../../../src/collectors/ble/decode/problem.ts'
import { readStatus, readStatusFromPayload } from '../../../src/collectors/ble/decode/read-status.ts'
import { StatusFrame } from '../../../src/collectors/ble/decode/status-frame.ts'
import { openCaseFrame } from '../../../src/collectors/ble/keys/case-frame.ts'
import { exactBatteries } from '../../../src/collectors/ble/keys/exact-batteries.ts'
import { readKeyReply } from '../../../src/collectors/ble/keys/key-reply.ts'
import { StatusCipher } from '../../../src/collectors/ble/keys/status-cipher.ts'

const { values } = parseArgs({ options: { count: { type: 'string', default: '200000' }, seed: { type: 'string', default: '1' } } })
const count = Number(values.count)
const random = mulberry32(Number(values.seed))

/** Growth that is no leak: of the process, compiled code and room that the collector keeps; of what is reachable, next to none. */
const FLAT_MB = { rss: 32, heap: 1 }

/** A small generator with a period of 2^32, so that a run can be repeated. */
function mulberry32(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

/** The bytes of every frame among the test cases. */
function readCorpus(): Buffer[] {
  const root = fileURLToPath(new URL('./decode/testcases', import.meta.url))
  const lines = readdirSync(root).flatMap((name) => readFileSync(join(root, name, 'input.jsonl'), 'utf8').split('\n'))
  return lines.map(parseInputLine).flatMap((line) => (line instanceof Problem ? [] : [line.bytes]))
}

const corpus = readCorpus()
const pick = () => corpus[random(corpus.length)] as Buffer

/** One to four mutations: a flipped bit, another byte, a cut, a longer tail, a piece of another frame, a byte taken out. */
function mutate(frame: Buffer): Buffer {
  let mutant: Buffer = Buffer.from(frame)
  for (let times = 1 + random(4); times > 0; times--)
    mutant = MUTATIONS[random(MUTATIONS.length)]?.(mutant, random(mutant.length + 1)) ?? mutant
  return mutant
}

const MUTATIONS: ReadonlyArray<(bytes: Buffer, at: number) => Buffer> = [
  (bytes, at) => change(bytes, at, (byte) => byte ^ (1 << random(8))),
  (bytes, at) => change(bytes, at, () => random(256)),
  (bytes, at) => change(bytes, at, () => [0, 1, 0x7f, 0xff][random(4)] ?? 0),
  (bytes, at) => bytes.subarray(0, at),
  (bytes) => Buffer.concat([bytes, Buffer.from(Array.from({ length: random(8) }, () => random(256)))]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), pick().subarray(random(8))]),
  (bytes, at) => Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]),
]

function change(bytes: Buffer, at: number, to: (byte: number) => number): Buffer {
  const byte = bytes[at]
  if (byte !== undefined) bytes[at] = to(byte)
  return bytes
}

const status = new StatusFrame()
const cipher = new StatusCipher(Buffer.alloc(16, 5))
const FORMATS = ['manufacturerData', 'payloadWithoutCompanyId', 'advData', 'h4', 'statusByte', 'ah', 'aap', undefined]

/** Every decoder that takes bytes from the air; returns whether a status was found. Throws on what cannot be. */
function decodeAll(mutant: Buffer, turn: number): boolean {
  const found = readStatus(mutant, status) || readStatusFromPayload(mutant, status)
  if (found) mustBePossible()
  const { frames, leftOver } = describeTlvs(mutant)
  if (frames.reduce((sum, { length }) => sum + length, leftOver) > mutant.length) throw new Error('more bytes out than in')
  describePayload(mutant, '')
  readH4(mutant)
  if (turn % 8 === 0) decodeText(mutant, turn)
  if (turn % 16 === 0) decodeWithKeys(mutant, found)
  return found
}

function mustBePossible(): void {
  for (const percent of [status.leftBattery, status.rightBattery, status.caseBattery, status.battery]) {
    if (percent !== null && (percent < 0 || percent > 100 || percent % 10 !== 0)) throw new Error(`a battery of ${percent} percent`)
  }
  if (status.places.leftMic === status.places.rightMic) throw new Error('two microphones or none')
}

/** The mutant as a line, in a format it may not have, with a bite out of the text now and then. */
function decodeText(mutant: Buffer, turn: number): void {
  const format = FORMATS[(turn >> 3) % FORMATS.length]
  const line = JSON.stringify({ hex: mutant.toString('hex'), format })
  const text = turn % 64 === 0 ? line.slice(0, random(line.length)) : line
  if (!JSON.stringify(describeLine(text, turn))?.startsWith('{"line":') && text.trim() !== '') throw new Error('a line without an answer')
}

function decodeWithKeys(mutant: Buffer, found: boolean): void {
  readKeyReply(mutant)
  openCaseFrame(cipher, mutant, 0, mutant.length)
  if (found) exactBatteries(cipher, mutant, status)
}

// Garbage is collected before each look, so that what is left is kept by something.
setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

function memoryMb(): { rss: number; heap: number } {
  collectGarbage()
  const { rss, heapUsed } = process.memoryUsage()
  return { rss: Math.round(rss / 2 ** 20), heap: Number((heapUsed / 2 ** 20).toFixed(1)) }
}

let exceptions = 0
let statuses = 0
let first: string | undefined
const memory: Array<{ rss: number; heap: number }> = []
const started = performance.now()
for (let turn = 0; turn < count; turn++) {
  if (turn % Math.ceil(count / 5) === 0) memory.push(memoryMb())
  const mutant = mutate(pick())
  try {
    if (decodeAll(mutant, turn)) statuses++
  } catch (error) {
    exceptions++
    first ??= `${mutant.toString('hex')}: ${error}`
  }
}
// The first look is before anything was compiled; from the second on it must be flat.
const [, settled = memoryMb()] = memory
const last = memoryMb()
const flat = last.rss - settled.rss <= FLAT_MB.rss && last.heap - settled.heap <= FLAT_MB.heap
const seconds = Number(((performance.now() - started) / 1000).toFixed(1))
console.log(
  JSON.stringify({
    name: 'fuzz-ble',
    frames: count,
    exceptions,
    statuses,
    memory_mb: [...memory, last],
    seconds,
    seed: Number(values.seed),
    first,
  }),
)
process.exit(exceptions === 0 && flat ? 0 : 1)
