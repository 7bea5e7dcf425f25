import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'chai'
import type { CreateNoble, Noble } from '../../../../src/collectors/ble/sources/noble/noble-api.ts'
import { openNoble } from '../../../../src/collectors/ble/sources/noble/noble-source.ts'
import { sourceContext } from '../../../support/ble-source.ts'
import { manufacturerAd } from '../../../support/hci/encode.ts'
import { InProcessRadio, nobleMissing, nobleUpon } from '../../../support/hci/in-process.ts'

const STATUS = manufacturerAd(Buffer.from('4c000719010e2054aab5310000e00ca78a604bd37df4604f2c73e9a7f4', 'hex'))
const ADDRESSES = 100_000
/** Left to itself noble keeps 1.4 KB an address: 122 MB more were measured. */
const ALLOWED_GROWTH_MB = 5

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** MB on the heap that are in use. */
function heapUsed(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}

describe('the noble source over a long time (T1)', () => {
  before(function () {
    const missing = nobleMissing()
    if (missing) {
      console.log(`      skipped: ${missing}`)
      this.skip()
    }
  })

  it(`hears ${ADDRESSES} addresses and remembers none`, async () => {
    const radio = new InProcessRadio()
    const noble = nobleUpon(radio.driver())
    const made: Noble[] = []
    const load = (): CreateNoble => (options) => {
      const one = noble.load()(options)
      made.push(one)
      return one
    }
    const context = sourceContext()
    try {
      const source = await openNoble(context, {}, load)
      let heard = 0
      const hear = async (from: number, to: number) => {
        for (let i = from; i < to; i += 1_000) {
          for (let k = i; k < i + 1_000; k++)
            radio.controller.hear({ address: addressOf(k), data: STATUS, eventType: k % 5 === 1 ? 0 : k % 5 })
          heard += (await source.next()).value?.length ?? 0
        }
      }
      await hear(0, 10_000)
      const before = heapUsed()
      await hear(10_000, ADDRESSES)
      const growth = heapUsed() - before
      console.log(`      heap: ${before.toFixed(1)} MB after 10,000 addresses, ${growth.toFixed(1)} MB more after ${ADDRESSES}`)
      expect(heard).to.equal(ADDRESSES)
      expect(made.map(remembered)).to.deep.equal([0])
      expect(growth).to.be.lessThan(ALLOWED_GROWTH_MB)
    } finally {
      context.abort()
      noble.restore()
    }
  })
})

/** Entries of every map, however it is named, that noble, its bindings and their GAP layer hold. */
function remembered(noble: Noble): number {
  const bindings = noble._bindings as unknown as Record<string, unknown>
  const holders = [noble as unknown as Record<string, unknown>, bindings, bindings._gap as Record<string, unknown>]
  const maps = holders.flatMap((holder) => Object.values(holder)).filter(isPlainObject)
  return maps.reduce((sum, map) => sum + Object.keys(map).length, 0)
}

const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype

const addressOf = (i: number) =>
  (0x5a0000000000 + i)
    .toString(16)
    .toUpperCase()
    .replace(/(..)(?!$)/g, '$1:')
