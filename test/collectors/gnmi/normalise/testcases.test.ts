import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { builtInMappings, compileMappings } from '../../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import { CompiledMappings } from '../../../../src/collectors/gnmi/normalise/compiled-mappings.ts'
import { Normaliser } from '../../../../src/collectors/gnmi/normalise/normaliser.ts'
import { samplesOf } from './support/notifications.ts'

const FOLDER = join(import.meta.dirname, 'testcases')

/** By notification; what is said of one moment has no order. */
const sorted = <T extends { notification: number; metric: string; instance: string }>(samples: readonly T[]) =>
  [...samples].sort((a, b) => a.notification - b.notification || (`${a.metric} ${a.instance}` < `${b.metric} ${b.instance}` ? -1 : 1))

/**
 * A folder is a case, named <vendor>-<what>: notifications.json has SubscribeResponses in protobuf's JSON mapping, in the order of arrival;
 * expected.jsonl the samples, each with the number of the notification that gave it, counted from 1; README.md says what is shown, and where it is from.
 */
describe('the built-in mappings, by what devices send', () => {
  let mappings: CompiledMappings
  let reversed: CompiledMappings
  before(async () => {
    mappings = await compileMappings()
    reversed = new CompiledMappings((await builtInMappings()).reverse())
  })

  for (const name of readdirSync(FOLDER)) {
    it(name, () => {
      const read = (file: string) => readFileSync(join(FOLDER, name, file), 'utf8')
      const expected = read('expected.jsonl')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line))
      const messages: object[] = JSON.parse(read('notifications.json'))
      // No family may take a path from another one: so their order does not matter.
      for (const rules of [mappings, reversed]) {
        const normaliser = new Normaliser(rules)
        const samples = messages.flatMap((message, i) =>
          samplesOf(normaliser, message).map((sample) => ({ notification: i + 1, ...sample })),
        )
        expect(sorted(samples)).to.deep.equal(sorted(expected))
        expect(normaliser.counts.unreadable).to.equal(0)
      }
    })

    it(`${name} says where it is from`, () => {
      expect(existsSync(join(FOLDER, name, 'README.md'))).to.equal(true)
    })
  }

  it('have a case for every family', () => {
    const cases = readdirSync(FOLDER)
    for (const family of mappings.families)
      expect(
        cases.filter((name) => name.startsWith(family)),
        family,
      ).to.not.be.empty
  })
})
