/**
 * Decoding the 31-byte status advertisement of a headset: the scanner's hot path, against a straightforward decoder that slices Buffers and
 * builds an object, written below; both read the same frames and must agree first. Goal: >= 1 million advertisements/s per core.
 */
import { deepStrictEqual } from 'node:assert'
import { knownModels } from '../src/collectors/ble/decode/models.ts'
import { readStatusFromPayload } from '../src/collectors/ble/decode/read-status.ts'
import { StatusFrame } from '../src/collectors/ble/decode/status-frame.ts'

const rounds = process.argv.includes('--short') ? 5 : 15
const FRAMES = 4096
const PASSES = process.argv.includes('--short') ? 50 : 250

/** Status advertisements of pods of all models, every plain byte varied by a fixed generator (Numerical Recipes' LCG). */
function makePayloads(): Buffer[] {
  let seed = 1
  const byte = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
    return seed >>> 24
  }
  const pods = knownModels.filter(({ layout }) => layout === 'dual')
  return Array.from({ length: FRAMES }, (_, i) => {
    const id = pods[i % pods.length]?.id ?? 0
    const head = [0x1e, 0xff, 0x4c, 0x00, 0x07, 0x19, 0x01, id >> 8, id & 0xff]
    return Buffer.from([...head, ...Array.from({ length: 22 }, byte)])
  })
}

/** What one writes first: structures by subarray, a fresh object for each advertisement, the rules in place. */
function sliceDecode(payload: Buffer) {
  let rest = payload
  while (rest.length > 1) {
    const length = rest.readUInt8(0)
    const structure = rest.subarray(1, 1 + length)
    rest = rest.subarray(1 + length)
    if (structure.readUInt8(0) !== 0xff || structure.readUInt16LE(1) !== 0x004c) continue
    let tlvs = structure.subarray(3)
    while (tlvs.length > 2) {
      const value = tlvs.subarray(2, 2 + tlvs.readUInt8(1))
      if (tlvs.readUInt8(0) === 0x07 && value.readUInt8(0) === 0x01) return sliceStatus(value)
      tlvs = tlvs.subarray(2 + tlvs.readUInt8(1))
    }
  }
  return null
}

function sliceStatus(value: Buffer) {
  const status = value.readUInt8(3)
  const left = (status & 0x20) !== 0
  const inCase = (status & 0x40) !== 0
  const crossed = left === inCase
  const percent = (nibble: number) => (nibble === 15 ? null : Math.min(nibble, 10) * 10)
  const batteries = [percent(value.readUInt8(4) & 15), percent(value.readUInt8(4) >> 4)]
  const flags = value.readUInt8(5) >> 4
  return {
    modelId: value.readUInt16BE(1),
    leftBattery: left ? batteries[0] : batteries[1],
    rightBattery: left ? batteries[1] : batteries[0],
    caseBattery: percent(value.readUInt8(5) & 15),
    leftCharging: (flags & (left ? 1 : 2)) !== 0,
    rightCharging: (flags & (left ? 2 : 1)) !== 0,
    caseCharging: (flags & 4) !== 0,
    leftInEar: (status & (crossed ? 8 : 2)) !== 0,
    rightInEar: (status & (crossed ? 2 : 8)) !== 0,
    leftMic: left !== inCase,
    lidCounter: value.readUInt8(6) & 7,
    colorCode: value.readUInt8(7),
    connState: value.readUInt8(8),
  }
}

/** The hot path's frame in the baseline's fields, for comparing. */
function fieldsOf({ places, ...frame }: StatusFrame): ReturnType<typeof sliceStatus> {
  const { modelId, leftBattery, rightBattery, caseBattery, leftCharging, rightCharging, caseCharging, lidCounter, colorCode, connState } =
    frame
  const { leftInEar, rightInEar, leftMic } = places
  const batteries = { leftBattery, rightBattery, caseBattery, leftCharging, rightCharging, caseCharging }
  return { modelId, ...batteries, leftInEar, rightInEar, leftMic, lidCounter, colorCode, connState }
}

/** Advertisements per second of CPU time; `pass` goes over all frames once and returns something of each, so that nothing is optimised away. */
function rate(pass: () => number): number {
  const before = process.cpuUsage()
  let sum = 0
  for (let i = 0; i < PASSES; i++) sum += pass()
  const { user, system } = process.cpuUsage(before)
  if (sum === 0) throw new Error('nothing was decoded')
  return (FRAMES * PASSES * 1e6) / (user + system)
}

const payloads = makePayloads()
const frame = new StatusFrame()
for (const payload of payloads) {
  if (!readStatusFromPayload(payload, frame)) throw new Error('no status frame')
  deepStrictEqual(fieldsOf(frame), sliceDecode(payload))
}

const hot = () => {
  let sum = 0
  for (const payload of payloads) {
    readStatusFromPayload(payload, frame)
    sum += (frame.leftBattery ?? 1) + frame.lidCounter + (frame.places.leftInEar ? 1 : 0)
  }
  return sum
}
const slicing = () => {
  let sum = 0
  for (const payload of payloads) {
    const decoded = sliceDecode(payload)
    if (decoded) sum += (decoded.leftBattery ?? 1) + decoded.lidCounter + (decoded.leftInEar ? 1 : 0)
  }
  return sum
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

rate(hot)
rate(slicing)
const results = Array.from({ length: rounds }, () => ({ ours: rate(hot), theirs: rate(slicing) }))
console.log(
  JSON.stringify({
    name: 'ble-decode-status',
    node: process.version,
    ratio: Number(median(results.map(({ ours, theirs }) => ours / theirs)).toFixed(1)),
    baseline: 'Buffer-slicing decoder',
    adverts_per_s: Math.round(median(results.map(({ ours }) => ours))),
    baseline_adverts_per_s: Math.round(median(results.map(({ theirs }) => theirs))),
  }),
)
