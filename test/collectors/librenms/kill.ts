/** `npm run test:librenms -- --scripts 200 [--from 1]`: the kill test at length. Ends with 1 at the first script that differs, and names it. */
import { parseArgs } from 'node:util'
import { playScript } from './sync/script.ts'

const { values } = parseArgs({ options: { scripts: { type: 'string', default: '200' }, from: { type: 'string', default: '1' } } })
const [first, count] = [Number(values.from), Number(values.scripts)]
let [kills, events, differing] = [0, 0, 0]
for (let seed = first; seed < first + count; seed++) {
  const undisturbed = await playScript(seed, false)
  const killed = await playScript(seed, true)
  kills += killed.kills
  events += Object.keys(killed.events).length
  const same =
    JSON.stringify([killed.rows, killed.events]) === JSON.stringify([undisturbed.rows, undisturbed.events]) &&
    killed.twice.length === 0 &&
    undisturbed.twice.length === 0
  if (same) continue
  differing++
  console.error(`script ${seed} differs:\n${firstDifference(undisturbed, killed)}`)
}
console.log(JSON.stringify({ scripts: count, kills, events, differing }))
process.exitCode = differing > 0 ? 1 : 0

function firstDifference(a: unknown, b: unknown, path = ''): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return JSON.stringify(a) === JSON.stringify(b) ? '' : `  ${path}: ${JSON.stringify(a)} / ${JSON.stringify(b)}`
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    if (path === '' && (key === 'kills' || key === 'refused')) continue
    const found = firstDifference((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key], `${path}/${key}`)
    if (found !== '') return found
  }
  return ''
}
