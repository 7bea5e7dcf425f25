import { readLines } from '../../../base/lines.ts'
import { AttributeBag, type Scalar } from './attributes.ts'
import { Batch, type FormatReader, type LogFile, textOf } from './log-file.ts'
import type { Mapper, RawEvent, RoleNames, Source } from './mapper.ts'
import { normalised, ROLES, type Role } from './roles.ts'

/** The names of our own lines come first: those of `workflow_events`, and of the workflow collector's input (its README). */
const OWN: Partial<Record<Role, readonly string[]>> = {
  case: ['case_id'],
  activity: ['activity'],
  time: ['event_time', 'time', 'timestamp'],
  lifecycle: ['lifecycle'],
  process: ['process', 'case_type'],
  id: ['event_id', 'id'],
  resource: ['person', 'resource'],
  team: ['team'],
  due: ['due_at'],
  case_due: ['case_due_at', 'due'],
}

/** Objects in our own events whose fields are attributes, and not nested ones. */
const NESTED = { attributes: 'event', case_attributes: 'trace' } as const

/** NDJSON: our own events, alone or as `tail --output ndjson` prints their records, and flat objects of anybody's. */
export const readNdjson: FormatReader = async function* (file) {
  let mapper: Mapper | undefined
  const batch = new Batch(file, (first) => {
    mapper ??= file.mapper({ names: namesOf(file, Object.keys(first.event)) })
    return mapper
  })
  let at = 0
  for await (const lines of readLines(bytesOf(file, () => at))) {
    for (const { number, text } of lines) {
      at = number
      if (text?.trim() === '') continue
      const raw = text === null ? 'a line of more than 1 MiB' : rawOf(text)
      if (typeof raw === 'string') file.options.onProblem?.({ place: { file: file.path, line: number }, message: raw })
      else batch.add(raw, number)
    }
    yield batch.take()
  }
}

/** By the names of our own lines, by the usual ones, and by those of the first line's fields that are written otherwise (`Case ID`). */
function namesOf({ options }: LogFile, fields: readonly string[]): RoleNames {
  const names: RoleNames = {}
  for (const role of Object.keys(ROLES) as Role[]) {
    const likely = fields.filter((field) => usual(role).some((name) => normalised(name) === normalised(field)))
    names[role] = sources([...(OWN[role] ?? []), ...usual(role), ...likely])
  }
  for (const [role, name] of Object.entries(options.map ?? {})) names[role as Role] = sources([name])
  return names
}

/** In the collector's lines `due` is the case's. */
const usual = (role: Role): readonly string[] => ROLES[role].filter((name) => role !== 'due' || name !== 'due')

const sources = (names: readonly string[]): Source[] => names.map((name) => ({ in: 'event', name }))

async function* bytesOf(file: LogFile, line: () => number): AsyncGenerator<Uint8Array> {
  for await (const text of textOf(file, line)) yield Buffer.from(text)
}

function rawOf(line: string): RawEvent | string {
  const value = envelopeless(parsed(line))
  if (value === undefined) return 'not a JSON object'
  const event = new AttributeBag()
  const trace = new AttributeBag()
  const raw: RawEvent = { event: event.values, trace: trace.values }
  for (const [name, field] of Object.entries(value)) {
    if (name === 'objects' && Array.isArray(field)) raw.objects = objectsOf(field)
    else if (name in NESTED && isObject(field)) flat(NESTED[name as keyof typeof NESTED] === 'event' ? event : trace, '', field)
    else flat(event, name, field)
  }
  return raw
}

/** A nested value under the names that lead to it, `parent/child`; an array as JSON. */
function flat(bag: AttributeBag, name: string, value: unknown, depth = 0): void {
  if (isObject(value) && depth < 8) {
    for (const [key, inner] of Object.entries(value)) flat(bag, name === '' ? key : `${name}/${key}`, inner, depth + 1)
  } else bag.add(name, scalarOf(value))
}

const scalarOf = (value: unknown): Scalar =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : JSON.stringify(value)

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}

/** The value of a record as `tail` prints it, or the object itself. */
function envelopeless(value: unknown): Record<string, unknown> | undefined {
  if (!isObject(value)) return undefined
  return 'topic' in value && 'offset' in value && isObject(value.value) ? value.value : value
}

function objectsOf(list: readonly unknown[]): NonNullable<RawEvent['objects']> {
  return list
    .filter(isObject)
    .flatMap(({ object_id, object_type, qualifier }) =>
      typeof object_id === 'string' && object_id !== '' && typeof object_type === 'string' && object_type !== ''
        ? [{ object_id, object_type, ...(typeof qualifier === 'string' && { qualifier }) }]
        : [],
    )
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
