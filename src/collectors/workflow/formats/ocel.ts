import { ShitopsError } from '../../../base/errors.ts'
import { nearest } from '../../../base/nearest.ts'
import { plural } from '../../../base/plural.ts'
import type { Attributes, Scalar } from './attributes.ts'
import { put } from './attributes.ts'
import { Batch, type LogFile } from './log-file.ts'
import type { Mapper, RawEvent, RoleNames } from './mapper.ts'
import type { LogEvent } from './options.ts'
import { ROLES, type Role } from './roles.ts'

/** OCEL 2.0 (www.ocel-standard.org), whichever of its three forms it came in. */
export interface OcelObject {
  id: string
  type: string
  values: OcelValue[]
}

/** An object's attribute from a time on. */
export interface OcelValue {
  name: string
  value: Scalar
  /** ms since the epoch */
  from: number
}

export interface OcelEvent {
  id: string
  type: string
  /** As in the file. */
  time: string
  attributes: Attributes
  relations: ReadonlyArray<{ objectId: string; qualifier: string }>
}

export interface Located<T> {
  value: T
  line: number | null
  at?: string
}

/** Reads the file anew each time it is asked. What is bad is told the first time only where `tell` is set. */
export interface OcelSource {
  objects(tell: boolean): AsyncGenerator<Array<Located<OcelObject>>>
  events(tell: boolean): AsyncGenerator<Array<Located<OcelEvent>>>
}

/** Parts that an attribute of the event may play, beside what OCEL itself says. */
const ATTRIBUTE_ROLES = ['resource', 'team', 'lifecycle', 'amount', 'currency', 'due', 'case_due', 'priority'] as const

/**
 * Events of an object-centric log, by case: an event is one of each object of the case type it is about, with all its objects in `objects`. An
 * event that is about none has no place in any case; such are counted in a note.
 */
export async function* flatten(file: LogFile, source: OcelSource): AsyncGenerator<LogEvent[]> {
  const objects = new Map<string, { type: string; values: OcelValue[] }>()
  for await (const batch of source.objects(true))
    for (const { value } of batch) objects.set(value.id, { type: value.type, values: value.values })
  const caseType = file.options.caseType ?? (await usualCaseType(file, source, objects))
  const types = new Set([...objects.values()].map(({ type }) => type))
  if (!types.has(caseType) && types.size > 0) throw unknownType(caseType, types)
  const mapper = file.mapper({ names: namesOf(file.options.map ?? {}) })
  tellMapping(file, caseType)
  yield* cases({ file, mapper, source, objects, caseType })
}

interface Flattening {
  file: LogFile
  mapper: Mapper
  source: OcelSource
  objects: ReadonlyMap<string, { type: string; values: OcelValue[] }>
  caseType: string
}

async function* cases({ file, mapper, source, objects, caseType }: Flattening): AsyncGenerator<LogEvent[]> {
  const batch = new Batch(file, () => mapper)
  let without = 0
  for await (const located of source.events(true)) {
    for (const { value: event, line, at } of located) {
      const related = event.relations.map(({ objectId, qualifier }) => ({
        object_id: objectId,
        object_type: objects.get(objectId)?.type ?? 'unknown',
        ...(qualifier !== '' && { qualifier }),
      }))
      const caseIds = new Set(related.filter(({ object_type }) => object_type === caseType).map(({ object_id }) => object_id))
      if (caseIds.size === 0) without++
      for (const id of caseIds)
        batch.add(rawOf(event, id, related, attributesAt(objects.get(id)?.values ?? [], file.time.iso(event.time))), line, at)
    }
    yield batch.take()
  }
  if (without > 0)
    file.note(
      'no_case',
      `${plural(without, 'event is', 'events are')} about no object of type "${caseType}" and ${without === 1 ? 'belongs' : 'belong'} to no case (--case-type chooses another)`,
    )
}

function rawOf(event: OcelEvent, caseId: string, objects: NonNullable<RawEvent['objects']>, trace: Attributes): RawEvent {
  return { event: event.attributes, trace, objects, given: { case: caseId, activity: event.type, time: event.time, id: event.id } }
}

/** An object's attributes as they were then: of each the last value that was there. */
function attributesAt(values: readonly OcelValue[], time = Number.POSITIVE_INFINITY): Attributes {
  const latest = new Map<string, OcelValue>()
  for (const value of values) {
    if (value.from <= time && value.from >= (latest.get(value.name)?.from ?? Number.NEGATIVE_INFINITY)) latest.set(value.name, value)
  }
  const attributes: Attributes = {}
  for (const { name, value } of latest.values()) put(attributes, name, value)
  return attributes
}

/** The type that most events are about; of equals the first by name. */
async function usualCaseType(file: LogFile, source: OcelSource, objects: Flattening['objects']): Promise<string> {
  const counts = new Map<string, number>()
  for await (const batch of source.events(false)) {
    for (const { value } of batch) {
      const types = new Set(value.relations.map(({ objectId }) => objects.get(objectId)?.type))
      for (const type of types) if (type !== undefined) counts.set(type, (counts.get(type) ?? 0) + 1)
    }
  }
  const [first, ...others] = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1)).map(([type]) => type)
  if (others.length > 0)
    file.note(
      'case_type',
      `the cases are the objects of type "${first}"; --case-type takes ${others.map((type) => `"${type}"`).join(', ')}`,
    )
  return first ?? ''
}

function namesOf(map: Partial<Record<Role, string>>): RoleNames {
  const names: RoleNames = {}
  for (const role of ATTRIBUTE_ROLES) names[role] = ROLES[role].map((name) => ({ in: 'event', name }))
  for (const [role, name] of Object.entries(map)) {
    names[role as Role] = [
      { in: 'event', name },
      { in: 'trace', name },
    ]
  }
  return names
}

function tellMapping({ options }: LogFile, caseType: string): void {
  options.onMapping?.('case', `object type "${caseType}"`)
  options.onMapping?.('activity', 'event type')
  options.onMapping?.('time', 'event time')
}

function unknownType(caseType: string, types: ReadonlySet<string>): ShitopsError {
  const guess = nearest(caseType, [...types])
  const all = [...types].sort().map((type) => `--case-type "${type}"`)
  return new ShitopsError('SHITOPS_E_USAGE', `the log has no objects of type "${caseType}"`, {
    suggestions: guess === undefined ? all : [`--case-type "${guess}"`, ...all.filter((one) => one !== `--case-type "${guess}"`)],
  })
}

/** A value by the type that its log declares (OCEL 2.0: string, time, integer, float, boolean). */
export function ocelValue(value: unknown, type: string | undefined): Scalar {
  if (value === null || value === undefined) return null
  if (typeof value === 'number' || typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if ((type === 'integer' || type === 'float') && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text)
  if (type === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
  return text
}

/** From when an object's value holds; the beginning of time where the log does not say. */
export const fromTime = (file: LogFile, text: unknown): number =>
  typeof text === 'string' ? (file.time.iso(text) ?? Number.NEGATIVE_INFINITY) : Number.NEGATIVE_INFINITY
