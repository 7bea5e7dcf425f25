import { nearest } from '../../../base/nearest.ts'
import { METRICS } from '../../../events/metrics.ts'
import { InstanceTemplate } from './instance-template.ts'
import type { Finding } from './mapping-finding.ts'
import type { RuleEntry } from './mapping-schema.ts'
import { type PathPattern, parsePattern } from './path-pattern.ts'
import type { Rule, RuleKind } from './rule.ts'
import { COUNTED, type Factor, factor, unitsFor } from './units.ts'

type Units = Readonly<Record<string, { readonly unit: string }>>

const SAME: Factor = { multiply: 1, divide: 1 }

/** Which settings belong to which kind; `metric`, `path`, `kind`, `instance` and `fallback` belong to all. */
const SETTINGS: Readonly<Record<RuleKind, readonly string[]>> = {
  gauge: ['unit', 'scale', 'complement', 'part'],
  counter: ['unit', 'scale', 'bits', 'part', 'direction'],
  enum: ['values', 'otherwise'],
  timestamp: [],
  duration: ['unit'],
  ignore: [],
}
const EVERYWHERE = ['metric', 'path', 'kind', 'instance', 'fallback']

/**
 * The rules of an entry, one for each of its paths; or what is wrong with it.
 * @param at where the entry stands in its file
 * @param own the metrics that the file brings with it
 */
export function ruleOf(entry: RuleEntry, at: readonly PropertyKey[], own: Units): { rules: Rule[] } | { findings: Finding[] } {
  const findings: Finding[] = []
  const wrong = (key: string, message: string) => void findings.push({ path: [...at, key], message })
  for (const key of Object.keys(entry)) {
    if (!EVERYWHERE.includes(key) && !SETTINGS[entry.kind].includes(key))
      findings.push({ path: [...at, key], keyed: true, message: `means nothing for a ${entry.kind}` })
  }
  const unit = unitOf(entry.metric, own)
  if (unit === undefined) wrong('metric', unknownMetric(entry.metric, own))
  const scale = unit === undefined ? SAME : factorOf(entry, unit, wrong)
  checkParts(entry, wrong)
  if (entry.part && unit !== undefined && unit !== 'ratio') wrong('part', `makes a ratio; ${entry.metric} has the unit ${unit}`)
  if (entry.kind === 'enum' && !entry.values) wrong('kind', 'is enum, which wants values: text to number')

  const paths = typeof entry.path === 'string' ? [entry.path] : entry.path
  const rules = paths.flatMap((text, i): Rule[] => {
    const where = typeof entry.path === 'string' ? ['path'] : ['path', i]
    const pattern = parsePattern(text)
    if (typeof pattern === 'string') {
      findings.push({ path: [...at, ...where], message: `is no path: ${pattern}` })
      return []
    }
    const instance = InstanceTemplate.parse(entry.instance, pattern)
    if (typeof instance === 'string') {
      wrong('instance', `does not fit ${text}: ${instance}`)
      return []
    }
    return [compiled(entry, pattern, instance, unit ?? '', scale)]
  })
  return findings.length > 0 ? { findings } : { rules }
}

function compiled(entry: RuleEntry, pattern: PathPattern, instance: InstanceTemplate, unit: string, scale: Factor): Rule {
  const { metric, kind, part, direction, values = {}, otherwise, fallback = false } = entry
  return {
    pattern,
    metric,
    unit,
    kind,
    instance,
    factor: scale,
    complement: entry.complement ?? false,
    bits: entry.bits,
    wireBits: COUNTED[entry.unit ?? '']?.bits ?? 0,
    part,
    values: new Map(Object.entries(values).map(([text, value]) => [text.toLowerCase(), value])),
    otherwise,
    fallback,
    group: [metric, part, direction].filter(Boolean).join(' '),
  }
}

const unitOf = (metric: string, own: Units) => (METRICS as Units)[metric]?.unit ?? own[metric]?.unit

function unknownMetric(metric: string, own: Units): string {
  const like = nearest(metric, [...Object.keys(METRICS), ...Object.keys(own)])
  return `is no metric${like ? `; did you mean ${like}?` : ''} A new one is declared under metrics`
}

function factorOf({ kind, unit: from, scale = 1, part }: RuleEntry, unit: string, wrong: (key: string, message: string) => void): Factor {
  if (kind === 'timestamp' && unit !== 's') wrong('kind', `is timestamp, which gives seconds; the metric has ${unit}`)
  if (kind !== 'gauge' && kind !== 'counter' && kind !== 'duration') return SAME
  // The parts of a ratio have one unit, whichever: it falls out.
  if (part) return { multiply: scale, divide: 1 }
  if (from === undefined) {
    if (kind === 'counter') wrong('kind', `is counter, which wants its unit: ${Object.keys(COUNTED).join(', ')}`)
    // Text such as "3 days, 04:05:06" has its units in it.
    return { multiply: scale, divide: 1 }
  }
  const given = kind === 'counter' ? COUNTED[from]?.rate : from
  const found = given === undefined ? undefined : factor(given, unit)
  if (found) return { multiply: found.multiply * scale, divide: found.divide }
  wrong(
    'unit',
    kind === 'counter' ? counterUnits(from, unit) : `is ${from}, which does not become ${unit}; ${unitsFor(unit).join(', ')} do`,
  )
  return SAME
}

function counterUnits(from: string, unit: string): string {
  const fitting = Object.entries(COUNTED).flatMap(([name, { rate }]) => (factor(rate, unit) ? [name] : []))
  return `is ${from}, whose rate does not become ${unit}; ${fitting.join(', ') || 'no counter'} does`
}

/** Parts make one metric out of several leaves: counters of packets packet_loss, gauges of bytes memory_used or another ratio. */
function checkParts({ kind, part, unit, metric }: RuleEntry, wrong: (key: string, message: string) => void): void {
  const lossy = part === 'lost' || part === 'passed'
  if (kind === 'counter' && part && !lossy) wrong('part', 'of a counter is lost or passed')
  if (kind === 'gauge' && lossy) wrong('part', 'of a gauge is used, free or total')
  if (kind === 'counter' && part && unit !== undefined && !(unit in COUNTED)) wrong('unit', `is none of ${Object.keys(COUNTED).join(', ')}`)
  if (kind === 'counter' && !part && metric === 'packet_loss')
    wrong('metric', 'is made of counters whose part is lost or passed; it is missing')
}
