import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { ByteBuffer } from '../../../../src/bus/envelope/byte-buffer.ts'
import { EventLines } from '../../../../src/collectors/gnmi/event/event-lines.ts'
import { compileMappings } from '../../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import type { CompiledMappings } from '../../../../src/collectors/gnmi/normalise/compiled-mappings.ts'
import { Normaliser } from '../../../../src/collectors/gnmi/normalise/normaliser.ts'
import type { Sample } from '../../../../src/collectors/gnmi/normalise/sample.ts'
import { responseOf, samplesOf } from './support/notifications.ts'

/** Responses of real devices, recorded by others, where they are at hand; gnmi-decode.test.ts looks at them through the command. */
const RECORDED = resolve('../shared/data/gnmi/telegraf')
const cases = existsSync(RECORDED) ? readdirSync(RECORDED).filter((name) => existsSync(join(RECORDED, name, 'responses.json'))) : []
const messagesOf = (name: string): object[] => JSON.parse(readFileSync(join(RECORDED, name, 'responses.json'), 'utf8'))

describe(`what devices sent${cases.length > 0 ? '' : ` (skipped: there is no ${RECORDED})`}`, () => {
  let mappings: CompiledMappings
  before(async function () {
    if (cases.length === 0) this.skip()
    mappings = await compileMappings()
  })

  for (const name of cases) {
    it(`appears in the events, every value and every delete: ${name}`, () => {
      const lines = new EventLines()
      for (const recorded of messagesOf(name)) {
        const out = new ByteBuffer()
        expect(lines.write(out, responseOf(recorded))).to.deep.equal([])
        const events = String(out.view())
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line))
        const { update = [], delete: deleted = [] } = (recorded as Recorded).update ?? {}
        expect(events).to.have.length(update.length + deleted.length)
        expect(events.slice(0, deleted.length).map(({ deletes }) => deletes)).to.deep.equal(deleted.map((path) => [nameOf(path)]))
        expect(events.slice(deleted.length).map(({ values }) => Object.values(values).map(String))).to.deep.equal(
          update.map(({ val }) => scalarsOf(val).map(String)),
        )
      }
    })

    it(`never makes the normaliser throw: ${name}`, () => {
      const normaliser = new Normaliser(mappings)
      for (const recorded of messagesOf(name)) {
        for (const { metric, value, unit } of samplesOf(normaliser, recorded)) {
          expect(Number.isFinite(value), metric).to.equal(true)
          expect(unit).to.not.equal('')
        }
      }
      expect(normaliser.counts.unreadable, normaliser.lastUnreadable).to.equal(0)
    })
  }

  it('gives the samples that a person finds in it', function () {
    if (!cases.includes('tagging_name_based')) this.skip()
    const normaliser = new Normaliser(mappings)
    const samples = messagesOf('tagging_name_based').flatMap((recorded): readonly Sample[] => samplesOf(normaliser, recorded))
    expect(samples.map(({ metric, instance, value }) => [metric, instance, value])).to.deep.equal([
      ['if_oper_status', 'lo0.0', 1],
      ['if_oper_status', 'irb.312', 1],
      ['if_oper_status', 'gr-0/0/0.2', 1],
      ['if_oper_status', 'xe-0/1/1.1410', 1],
      ['if_oper_status', 'xe-0/1/5.16386', 0],
    ])
  })
})

interface Recorded {
  update?: { update?: Array<{ val: object }>; delete?: Array<{ elem: Array<{ name: string }> }> }
}

const nameOf = ({ elem }: { elem: Array<{ name: string }> }) => `/${elem.map(({ name }) => name).join('/')}`

/** Every scalar of a TypedValue, down to the leaves of JSON. */
function scalarsOf(val: object): unknown[] {
  const [[kind, value] = ['', null]] = Object.entries(val) as Array<[string, unknown]>
  if (!/^json/i.test(kind)) return [value]
  const leaves = (tree: unknown): unknown[] => (typeof tree === 'object' && tree !== null ? Object.values(tree).flatMap(leaves) : [tree])
  return leaves(JSON.parse(Buffer.from(String(value), 'base64').toString()))
}
