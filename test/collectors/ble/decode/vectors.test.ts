import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { describeLine } from '../../../../src/collectors/ble/decode/lines/describe-line.ts'

/** Captured frames with what their sources, and a second decoder, say of them; handed out beside the repository, not in it. */
const file = fileURLToPath(new URL('../../../../../shared/data/ble/airpods_vectors.jsonl', import.meta.url))

interface Vector {
  hex: string
  format: string
  expected: Record<string, unknown>
  derived?: Record<string, unknown>
  source: string
  test?: string
}
type Facts = Record<string, unknown>
interface Decoded extends Facts {
  frames: Facts[]
}

/** Said by the source about the device or the reception, and not by the bytes. */
const NOT_IN_THE_BYTES = new Set(['deviceLabel', 'hciEvent', 'unlockedPerTheengs', 'meaning'])
/** In the bytes, but identifying: it must not be in the output. */
const WITHHELD = new Set(['address', 'ivLE', 'irk', 'encKey'])
/** Headphones have no pods, no case and no lid: these fields are absent, though a generic reading derives them. */
const OF_PODS = /^(left|right|case)|^(primary|lid|lidCounter)$/

const frameOf = (decoded: Decoded, kind: string): Facts => decoded.frames.find((frame) => frame.kind === kind) ?? {}

/** Where the output has what a vector calls so. */
const CHECKS: Record<string, (decoded: Decoded, value: never) => void> = {
  tlvs: (decoded, types: string[]) => expect(decoded.frames.map(({ type }) => type)).to.deep.equal(types),
  handoff: (decoded, facts: Facts) => expectFacts(frameOf(decoded, 'handoff'), facts),
  airplay: (decoded, facts: Facts) => expectFacts(frameOf(decoded, 'airplay_target'), facts),
  nearbyInfo: (decoded, facts: Facts) => expectFacts(frameOf(decoded, 'nearby_info'), facts),
  rejected: (decoded) => expect(decoded.frames.some(({ kind }) => kind === 'proximity_pairing')).to.equal(false),
}

/** A field of the first frame, or of the whole line. */
function expectFacts(found: Facts, facts: Facts): void {
  for (const [name, value] of Object.entries(facts)) {
    if (WITHHELD.has(name)) expect(found, name).not.to.have.property(name)
    else if (!NOT_IN_THE_BYTES.has(name)) expect(found[name], name).to.deep.equal(value)
  }
}

/** advData and manufacturerData carry no reception; the sources kept it beside them. */
const receptionOf = ({ format }: Vector) => (format === 'h4' ? [] : ['rssi', 'advType'])

function check(vector: Vector): void {
  const decoded = describeLine(JSON.stringify(vector), 1) as unknown as Decoded
  const printed = JSON.stringify(decoded).toLowerCase()
  const first = { ...decoded, ...decoded.frames?.[0] }
  const skipped = receptionOf(vector)
  for (const [name, value] of Object.entries(vector.expected)) {
    if (skipped.includes(name)) continue
    const special = CHECKS[name]
    if (special) special(decoded, value as never)
    else expectFacts(first, { [name]: value })
    if (WITHHELD.has(name)) expect(printed).not.to.contain(String(value).toLowerCase())
  }
  for (const [name, value] of Object.entries(vector.derived ?? {})) {
    if (first.layout === 'single' && OF_PODS.test(name)) expect(first).not.to.have.property(name)
    else expectFacts(first, { [name]: value })
  }
}

describe('the vectors', () => {
  if (!existsSync(file)) {
    it('are not here (../shared/data/ble): skipped', function () {
      this.skip()
    })
    return
  }
  const vectors = readFileSync(file, 'utf8').trim().split('\n')
  vectors.forEach((text, index) => {
    const vector = JSON.parse(text) as Vector
    it(`${index + 1}: ${vector.test ?? vector.format} of ${vector.source.slice(0, 60)}`, () => check(vector))
  })
})
