/**
 * `npm run bench:nab`: the univariate detector on the labelled series of the Numenta Anomaly Benchmark, by our own scorer (bench/nab/score.ts): one
 * threshold over all of them, the three profiles, each group at that threshold; then the guard against overfitting: for each group weights and
 * threshold are chosen on the others. VUS-PR beside it, and points per second of CPU. Then made-up series of other kinds (bench/nab/synthetic.ts) at the
 * same threshold: what is found in them, and false alarms in those that have nothing to find. Skipped with a message where the series are not there.
 *
 *     node --import tsx bench/nab.ts [--short]     the one table alone; $SHITOPS_NAB names another folder
 */
import { DEFAULT_WEIGHTS, Detector, type Weights } from '../src/query/anomaly/detector.ts'
import { ALARM_SCORE } from '../src/query/anomaly/since.ts'
import { corpusFolder, readCorpus, type Series } from './nab/corpus.ts'
import { bestThreshold, normalised, PROFILES, type Profile, probationOf, rawScore, type Scored, scoreAt } from './nab/score.ts'
import { syntheticCorpus } from './nab/synthetic.ts'
import { vusPr } from './nab/vus-pr.ts'

const [standard] = PROFILES as [Profile]
const rounded = (x: number, digits = 1) => Number(x.toFixed(digits))
/** What the guard may choose from: few, and none of them odd. */
const CANDIDATES: readonly Weights[] = [
  DEFAULT_WEIGHTS,
  { pattern: 1, clock: 1, shape: 1, autoregression: 1, season: 1, subspace: 1, level: 1 },
  { pattern: 1, clock: 1, shape: 0.5, autoregression: 0.5, season: 0.5, subspace: 0, level: 0 },
  { pattern: 1, clock: 1, shape: 0, autoregression: 1, season: 0, subspace: 0, level: 0 },
  { pattern: 1, clock: 0.5, shape: 0.5, autoregression: 0.25, season: 0.25, subspace: 0.25, level: 0.25 },
  { pattern: 0.5, clock: 1, shape: 0.5, autoregression: 0.25, season: 0.25, subspace: 0.25, level: 0.25 },
]

const corpus = readCorpus(corpusFolder())
if (corpus) report(corpus)
else console.log(JSON.stringify({ name: 'nab', skipped: `no series in ${corpusFolder()}; set SHITOPS_NAB` }))

function report(all: readonly Series[]): void {
  const started = process.cpuUsage()
  const [scored, strengths] = [score(all, DEFAULT_WEIGHTS), [] as Float64Array[]]
  const used = process.cpuUsage(started)
  const points = all.reduce((sum, { values }) => sum + values.length, 0)
  const groups = [...new Set(all.map(({ group }) => group))]
  const best = Object.fromEntries(PROFILES.map((profile) => [profile.name, bestThreshold(scored, profile)]))
  for (const { scores } of score(all, DEFAULT_WEIGHTS, true)) strengths.push(scores as Float64Array)
  const volumes = all.map(({ windows }, i) => vusPr(strengths[i] as Float64Array, windows)).filter((volume) => !Number.isNaN(volume))
  console.log(
    JSON.stringify({
      name: 'nab: one threshold',
      series: all.length,
      windows: all.reduce((sum, { windows }) => sum + windows.length, 0),
      ...Object.fromEntries(PROFILES.map(({ name }) => [name, rounded(best[name]?.score ?? 0)])),
      threshold: rounded(best.standard?.threshold ?? 0, 4),
      vus_pr: rounded(volumes.reduce((sum, volume) => sum + volume, 0) / volumes.length, 3),
      points_per_cpu_second: Math.round((points / (used.user + used.system)) * 1e6),
    }),
  )
  for (const group of groups) console.log(JSON.stringify(ofGroup(scored, group, best)))
  if (process.argv.includes('--short')) return
  console.log(JSON.stringify(leaveOneGroupOut(all, groups)))
  const made = score(syntheticCorpus(3), DEFAULT_WEIGHTS)
  const labelled = made.filter(({ windows }) => windows.length > 0)
  const threshold = best.standard?.threshold ?? 1
  console.log(
    JSON.stringify({ name: 'made up: all', series: labelled.length, standard: rounded(scoreAt(labelled, threshold, standard)), threshold }),
  )
  for (const group of new Set(labelled.map(({ group }) => group))) console.log(JSON.stringify(ofMade(made, group, threshold)))
}

/** Of a kind made up: the score at the benchmark's threshold, and alarms in 10,000 rows without anything, there and at the default. */
function ofMade(made: readonly Scored[], group: string, threshold: number) {
  const quiet = made.filter((series) => series.group === group.replace('made', 'quiet'))
  const rows = quiet.reduce((sum, { scores }) => sum + scores.length, 0)
  const alarms = (at: number) => {
    const found = quiet.reduce(
      (sum, { scores }) => sum + Array.from(scores).filter((x, i) => x >= at && i >= probationOf(scores.length)).length,
      0,
    )
    return rounded((1e4 * found) / rows)
  }
  return {
    name: `made up: ${group.slice('made:'.length)}`,
    standard: rounded(
      scoreAt(
        made.filter((series) => series.group === group),
        threshold,
        standard,
      ),
    ),
    false_alarms_per_10000: alarms(threshold),
    false_alarms_per_10000_by_default: alarms(ALARM_SCORE),
  }
}

function score(all: readonly Series[], weights: Weights, plain = false): Scored[] {
  return all.map(({ name, group, times, values, windows }) => {
    const detector = new Detector({ weights })
    const scores = values.map((value, row) => {
      const verdict = detector.step(times[row] as number, value)
      return plain ? verdict.strength : verdict.score
    })
    return { name, group, windows, scores }
  })
}

/** A group without windows has no normalised score: what its false alarms cost is given raw. */
function ofGroup(scored: readonly Scored[], group: string, best: Record<string, { threshold: number }>) {
  const some = scored.filter((series) => series.group === group)
  const hasWindows = some.some(({ windows }) => windows.length > 0)
  const raw = (profile: Profile) => some.reduce((sum, series) => sum + rawScore(series, best[profile.name]?.threshold ?? 1, profile), 0)
  return {
    name: `nab: ${group}`,
    series: some.length,
    ...Object.fromEntries(
      PROFILES.map((profile) => [
        hasWindows ? profile.name : `raw_${profile.name}`,
        rounded(hasWindows ? scoreAt(some, best[profile.name]?.threshold ?? 1, profile) : raw(profile), hasWindows ? 1 : 2),
      ]),
    ),
  }
}

function leaveOneGroupOut(all: readonly Series[], groups: readonly string[]) {
  const runs = CANDIDATES.map((weights) => score(all, weights))
  let raw = 0
  const chosen: Record<string, unknown> = {}
  for (const group of groups) {
    const tried = runs.map((run) =>
      bestThreshold(
        run.filter((series) => series.group !== group),
        standard,
      ),
    )
    const top = tried.reduce((best, { score }, i) => (score > (tried[best]?.score ?? 0) ? i : best), 0)
    const left = (runs[top] as Scored[]).filter((series) => series.group === group)
    raw += left.reduce((sum, series) => sum + rawScore(series, tried[top]?.threshold ?? 1, standard), 0)
    chosen[group] = { candidate: top, threshold: rounded(tried[top]?.threshold ?? 1, 4) }
  }
  const windows = all.reduce((sum, series) => sum + series.windows.length, 0)
  const inSample = runs.map((run) => rounded(bestThreshold(run, standard).score))
  return { name: 'nab: leave one group out', standard: rounded(normalised(raw, windows, standard)), chosen, candidates_in_sample: inSample }
}
