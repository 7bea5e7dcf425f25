import { ShitopsError } from '../../../base/errors.ts'
import { Batch, type FormatReader, textOf } from './log-file.ts'
import type { Mapper, RoleNames, Source } from './mapper.ts'
import type { Role } from './roles.ts'
import { XesReader } from './xes.ts'

const event = (name: string): Source => ({ in: 'event', name })
const trace = (name: string): Source => ({ in: 'trace', name })

/** The standard extensions' attributes (IEEE 1849-2016, 7): concept, time, lifecycle, organizational, cost, identity. */
const STANDARD: RoleNames = {
  case: [trace('concept:name'), trace('identity:id'), event('case:concept:name')],
  activity: [event('concept:name')],
  time: [event('time:timestamp')],
  lifecycle: [event('lifecycle:transition')],
  resource: [event('org:resource')],
  team: [event('org:group'), event('org:role')],
  id: [event('identity:id')],
  amount: [trace('cost:total')],
  currency: [trace('cost:currency'), event('cost:currency')],
}

/** XES, streaming: memory does not grow with the file. */
export const readXes: FormatReader = async function* (file) {
  const { options } = file
  const names: RoleNames = { ...STANDARD }
  for (const [role, name] of Object.entries(options.map ?? {})) names[role as Role] = chosen(role as Role, name)
  let process = file.process
  let mapper: Mapper | undefined
  const problem = (message: string, line: number, fatal?: true) =>
    options.onProblem?.({ place: { file: file.path, line }, message, ...(fatal && { fatal }) })
  const batch = new Batch(file, () => {
    mapper ??= file.mapper({ names, process })
    return mapper
  })
  const reader = new XesReader({
    time: file.time,
    classifier: options.classifier,
    onEvent: (raw, line) => batch.add(raw, line),
    onProblem: problem,
    onName: (name) => {
      if (options.process === undefined && name.trim() !== '') process = name.trim().slice(0, 200)
    },
    onCut: () => file.note('cut', 'attributes were cut or left out: a value has 8,192 characters at most, an event 500 attributes'),
    onClassifiers: (known) => {
      if (!reader.classified) throw unknownClassifier(options.classifier ?? '', known)
    },
  })
  for await (const text of textOf(file, () => reader.xml.line)) {
    reader.xml.write(text)
    yield batch.take()
    if (reader.xml.failure) break
  }
  reader.xml.end()
  if (reader.xml.repaired) file.note('bad_characters', 'characters that XML does not have were replaced or left as they are written')
  const { failure } = reader.xml
  if (failure) problem(`the rest cannot be read: ${failure.message}`, failure.line, true)
}

/** A name the user gave is looked for in both; `case:` says that it is the trace's. */
function chosen(role: Role, name: string): Source[] {
  const both = [event(name), trace(name)]
  if (name.startsWith('case:')) return [trace(name.slice('case:'.length)), event(name)]
  return role === 'case' ? both.reverse() : both
}

const unknownClassifier = (name: string, known: readonly string[]) =>
  new ShitopsError('SHITOPS_E_USAGE', `the log has no classifier "${name}"`, {
    suggestions: known.length > 0 ? known.map((one) => `--classifier "${one}"`) : ['--map activity=ATTRIBUTE: the log has no classifiers'],
  })
