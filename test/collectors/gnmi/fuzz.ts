/**
 * `npm run test:fuzz:gnmi -- --count N --seed S`: mutated SubscribeResponses through our decoder and record builder and through
 * proto-loader. Equal, or both refuse; where proto-loader is known to depart from protobuf, a second reader by the book must side with ours
 * (support/reference.ts), and the departures are counted by kind. For every 16th message the second reader is asked in any case, and the
 * event lines must be whole. One JSON line; exit 1 when a message came out different or anything threw.
 */
import { parseArgs } from 'node:util'
import { PathCache } from '../../../src/collectors/gnmi/wire/path-cache.ts'
import { Comparison } from './support/compare.ts'
import { corpus } from './support/corpus.ts'
import { Mutator } from './support/mutate.ts'

const { values } = parseArgs({ options: { count: { type: 'string', default: '100000' }, seed: { type: 'string', default: '1' } } })
const count = Number(values.count)
const mutator = new Mutator(corpus(), Number(values.seed))
// A small cache, so that paths are pushed out and come back.
const comparison = new Comparison(new PathCache({ capacity: 256 }))

const counts = { equal: 0, both_refused: 0, departure: 0, different: 0, threw: 0 }
const departures: Record<string, number> = {}
let checked = 0
let first: object | undefined

const started = performance.now()
for (let turn = 0; turn < count; turn++) {
  const mutant = mutator.next()
  try {
    const verdict = comparison.verdict(mutant)
    counts[verdict.kind]++
    if (verdict.kind === 'departure') departures[verdict.why] = (departures[verdict.why] ?? 0) + 1
    if (verdict.kind === 'different') first ??= { hex: mutant.toString('hex'), ...verdict }
    if (turn % 16 === 0) {
      checked++
      const wrong = comparison.isRight(mutant) ? comparison.hasWholeLines(mutant) || 'broken event lines' : 'not what protobuf says'
      if (wrong !== true) {
        counts.different++
        first ??= { hex: mutant.toString('hex'), kind: wrong, ours: comparison.ours(mutant) }
      }
    }
  } catch (error) {
    counts.threw++
    first ??= { hex: mutant.toString('hex'), error: String(error instanceof Error ? error.stack : error) }
  }
}
console.log(
  JSON.stringify({
    name: 'fuzz-gnmi',
    messages: count,
    ...counts,
    checked_by_second_reader: checked,
    departures: Object.fromEntries(Object.entries(departures).sort(([, a], [, b]) => b - a)),
    seconds: Number(((performance.now() - started) / 1000).toFixed(1)),
    seed: Number(values.seed),
    node: process.version,
    first,
  }),
)
process.exit(counts.different === 0 && counts.threw === 0 ? 0 : 1)
