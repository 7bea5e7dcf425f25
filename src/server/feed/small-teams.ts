import type { Insight } from '../../insights/insight.ts'
import { builtInInsights } from '../../insights/library.ts'
import type { Teams } from './teams.ts'

type Value = Record<string, unknown>

/** Which insights draw on headsets, by name: true or false for those that are known. */
export type HeadsetInsights = ReadonlyMap<string, boolean>

/** Topics in which headsets are: what is made of them is about people. */
export const HEADSET_TOPICS: readonly string[] = ['device_presence', 'audio_metrics', 'ble_sightings']
const HEADSET_TOPIC = new RegExp(`\\b(${HEADSET_TOPICS.join('|')})\\b`)

/** A mention in a comment counts as well: too much is kept back rather than too little. */
export const drawsOnHeadsets = ({ sql }: Pick<Insight, 'sql'>): boolean => HEADSET_TOPIC.test(sql)

/** The built-in ones. */
export async function headsetInsights(): Promise<HeadsetInsights> {
  return new Map((await builtInInsights()).map((insight) => [insight.name, drawsOnHeadsets(insight)]))
}

/**
 * Whether a row of `insights`, an alert or an entry of its log is about a team with too few enrolled people to be told of, so that it would be
 * about persons (docs/adr/0018-small-teams.md).
 *
 * What draws on headsets is told when every team that it names, itself or by a person, is large enough, and it names one. What is known not to
 * is told: workflow events are open to whoever sees it. Of what is not known (an insight of one's own, an alert of others) the names decide.
 */
export function isOfSmallTeam(value: Value, insights: HeadsetInsights, teams: Teams): boolean {
  const headsets = insights.get(String(value.insight ?? value.alert_name))
  if (headsets === false) return false
  const named = teamsNamed(value, teams)
  if (headsets === undefined) return [...named].some((team) => teams.isKnown(team) && !teams.isLarge(team))
  return named.size === 0 || [...named].some((team) => !teams.isLarge(team))
}

function teamsNamed(value: Value, teams: Teams): Set<string> {
  const named = new Set<string>()
  const name = (text: unknown) => {
    if (typeof text !== 'string') return
    if (teams.isKnown(text)) named.add(text)
    for (const team of teams.ofPerson(text)) named.add(team)
  }
  for (const of of [value.labels, value.details]) {
    if (typeof of !== 'object' || of === null) continue
    for (const [key, text] of Object.entries(of)) {
      if (key === 'team' && typeof text === 'string') named.add(text)
      else name(text)
    }
  }
  // A subject of several columns is joined by `/`; of a name that has one itself the whole counts too.
  if (typeof value.subject === 'string') for (const part of [value.subject, ...value.subject.split('/')]) name(part)
  return named
}
