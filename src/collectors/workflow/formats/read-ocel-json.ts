import { AttributeBag } from './attributes.ts'
import { JsonElements } from './json-elements.ts'
import { type FormatReader, type LogFile, textOf } from './log-file.ts'
import { flatten, fromTime, type Located, type OcelEvent, type OcelObject, ocelValue } from './ocel.ts'

/** OCEL 2.0 as JSON, streaming: objects are held in memory, events are not. */
export const readOcelJson: FormatReader = (file) =>
  flatten(file, {
    objects: (tell) => elements(file, 'objects', tell, (value) => objectOf(file, value)),
    events: (tell) => elements(file, 'events', tell, (value) => eventOf(value)),
  })

async function* elements<T>(
  file: LogFile,
  array: string,
  tell: boolean,
  read: (value: Record<string, unknown>) => T | string,
): AsyncGenerator<Array<Located<T>>> {
  const problem = (message: string, line: number, fatal?: true) => {
    if (tell) file.options.onProblem?.({ place: { file: file.path, line }, message, ...(fatal && { fatal }) })
  }
  let found: Array<Located<T>> = []
  const json = new JsonElements({
    wanted: new Set([array]),
    onTooLong: (_, line) => problem('an element of more than 8 MiB', line),
    onElement: (_, text, line) => {
      const value = parsed(text)
      const made = value === undefined ? `an element of "${array}" is not a JSON object` : read(value)
      if (typeof made === 'string') problem(made, line)
      else found.push({ value: made, line })
    },
  })
  for await (const text of textOf(file, () => json.line)) {
    json.write(text)
    yield found
    found = []
  }
  if (!json.complete && array === 'events') problem('the rest cannot be read: the JSON is cut off', json.line, true)
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function objectOf(file: LogFile, { id, type, attributes }: Record<string, unknown>): OcelObject | string {
  if (!named(id) || !named(type)) return 'an object without id or type'
  const values = listOf(attributes).map(({ name, value, time }) => ({
    name: String(name ?? ''),
    value: ocelValue(value, undefined),
    from: fromTime(file, time),
  }))
  return { id: String(id), type: String(type), values }
}

function eventOf({ id, type, time, attributes, relationships }: Record<string, unknown>): OcelEvent | string {
  if (!named(id)) return 'an event without id'
  if (!named(type)) return `event ${id}: type is missing`
  const bag = new AttributeBag()
  for (const { name, value } of listOf(attributes)) if (named(name)) bag.add(String(name), ocelValue(value, undefined))
  return {
    id: String(id),
    type: String(type),
    time: typeof time === 'string' ? time : '',
    attributes: bag.values,
    relations: listOf(relationships)
      .filter(({ objectId }) => named(objectId))
      .map(({ objectId, qualifier }) => ({ objectId: String(objectId), qualifier: typeof qualifier === 'string' ? qualifier : '' })),
  }
}

const named = (value: unknown): boolean => (typeof value === 'string' && value !== '') || typeof value === 'number'

const listOf = (value: unknown): Array<Record<string, unknown>> =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'object' && one !== null) : []
