import { readFile, writeFile } from 'node:fs/promises'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import { Checker } from '../../mining/conform/checker.ts'
import type { Violation } from '../../mining/conform/finding.ts'
import { parseRules } from '../../mining/conform/parse-rules.ts'
import { ProfileLearner, profileOf, type TemporalProfile } from '../../mining/conform/temporal-profile.ts'
import type { PlacedEvent } from '../../mining/placed-event.ts'
import { type SourceContext, type SourceCounts, workflowEvents } from './source.ts'
import type { SourceFlags } from './source-flags.ts'

export interface CheckSettings {
  rules?: string | undefined
  profile?: string | undefined
  /** Robust deviations of the temporal profile that are unusual. */
  z: number
}

export interface Conformance {
  violations: Violation[]
  totals: Checker['totals']
  /** Cases that had not ended: what they wait for was not judged, unless it was late. */
  open_cases: number
  by_rule: Array<{ rule: string; kind: string; severity: string; violations: number; cases: number }>
}

/** A checker of the rules and the profile in files. SHITOPS_E_FILE, SHITOPS_E_RULES, SHITOPS_E_USAGE when there is neither */
export async function openChecker({ rules, profile, z }: CheckSettings): Promise<Checker> {
  if (rules === undefined && profile === undefined) {
    throw new ShitopsError('SHITOPS_E_USAGE', 'there is nothing to check events against', {
      suggestions: [
        '--rules rules.yaml',
        '--learn profile.json, then --profile profile.json',
        'docs/workflow-conform.md has rules to begin with',
      ],
    })
  }
  const set = rules === undefined ? { ends: [], rules: [] } : await parseRules(await text(rules), rules)
  const learned = profile === undefined ? undefined : { profile: await readProfile(profile), options: { z } }
  return new Checker(set, {}, learned)
}

/**
 * Checks the events of files or of the topic, in order of time.
 * @param ended judge cases that are open at the end as ended
 */
export async function conform(
  checker: Checker,
  files: readonly string[],
  flags: SourceFlags,
  ended: boolean,
  context: SourceContext,
): Promise<Conformance & { counts: SourceCounts }> {
  const counts: SourceCounts = { events: 0, bad: 0 }
  const violations: Violation[] = []
  const observe = (placed: PlacedEvent) => {
    const now = Date.parse(placed.event.event_time)
    violations.push(...checker.advance(now), ...checker.observe(placed))
  }
  const events = workflowEvents(files, flags, context, counts)
  if (files.length > 0) for (const placed of await sorted(events)) observe(placed)
  else for await (const placed of events) observe(placed)
  if (ended) violations.push(...checker.endAll())
  return { violations, totals: checker.totals, open_cases: ended ? 0 : checker.openCases, by_rule: byRule(violations), counts }
}

/** Learns a temporal profile and writes it. @returns the profile */
export async function learnProfile(
  file: string,
  files: readonly string[],
  flags: SourceFlags,
  least: number,
  context: SourceContext,
): Promise<TemporalProfile> {
  const counts: SourceCounts = { events: 0, bad: 0 }
  const learner = new ProfileLearner()
  const events = workflowEvents(files, flags, context, counts)
  if (files.length > 0) for (const { event } of await sorted(events)) learner.observe(event)
  else for await (const { event } of events) learner.observe(event)
  const profile = learner.profile(least)
  await writeFile(file, `${JSON.stringify(profile, null, 1)}\n`).catch((cause) => {
    throw fileError(file, 'written', cause)
  })
  return profile
}

/** Of one time in the order in which they came. */
async function sorted(events: AsyncIterable<PlacedEvent>): Promise<PlacedEvent[]> {
  const all: PlacedEvent[] = []
  for await (const placed of events) all.push(placed)
  const time = ({ event }: PlacedEvent) => event.event_time
  return all.sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : 0))
}

export function byRule(violations: readonly Violation[]): Conformance['by_rule'] {
  const rows = new Map<string, { row: Conformance['by_rule'][number]; cases: Set<string> }>()
  for (const { rule, kind, severity, process, case_id } of violations) {
    let found = rows.get(rule)
    if (!found) {
      found = { row: { rule, kind, severity, violations: 0, cases: 0 }, cases: new Set() }
      rows.set(rule, found)
    }
    found.row.violations++
    found.row.cases = found.cases.add(`${process ?? ''}\0${case_id}`).size
  }
  return Array.from(rows.values(), ({ row }) => row).sort((a, b) => b.violations - a.violations || (a.rule < b.rule ? -1 : 1))
}

async function readProfile(file: string): Promise<TemporalProfile> {
  const profile = profileOf(await text(file))
  if (profile) return profile
  throw new ShitopsError('SHITOPS_E_RULES', `${file} is no temporal profile`, {
    suggestions: [`shitops workflow conform --learn ${file} LOG`],
  })
}

async function text(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw fileError(file, 'read', cause)
  }
}

const fileError = (file: string, done: string, cause: unknown) =>
  new ShitopsError(isNotAllowed(cause) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE', `${file} cannot be ${done}: ${messageOf(cause)}`, {
    cause,
  })
