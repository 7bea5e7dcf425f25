import { AttributeBag, type Scalar } from './attributes.ts'
import { type FormatReader, type LogFile, textOf } from './log-file.ts'
import { flatten, fromTime, type Located, type OcelEvent, type OcelObject, type OcelValue, ocelValue } from './ocel.ts'
import { XmlReader } from './xml.ts'

/** OCEL 2.0 as XML, streaming: objects are held in memory, events are not. */
export const readOcelXml: FormatReader = (file) =>
  flatten(file, {
    objects: (tell) => pass(file, tell, 'objects', (reader) => reader.takeObjects()),
    events: (tell) => pass(file, tell, 'events', (reader) => reader.takeEvents()),
  })

async function* pass<T>(file: LogFile, tell: boolean, part: 'objects' | 'events', take: (reader: OcelXml) => T[]): AsyncGenerator<T[]> {
  const problem = (message: string, line: number, fatal?: true) => {
    if (tell) file.options.onProblem?.({ place: { file: file.path, line }, message, ...(fatal && { fatal }) })
  }
  const reader = new OcelXml(file, part, problem)
  for await (const text of textOf(file, () => reader.xml.line)) {
    reader.xml.write(text)
    yield take(reader)
    if (reader.xml.failure) break
  }
  reader.xml.end()
  if (reader.xml.repaired) file.note('bad_characters', 'characters that XML does not have were replaced or left as they are written')
  const { failure } = reader.xml
  // Told once: both passes come to the same place.
  if (failure && part === 'events') problem(`the rest cannot be read: ${failure.message}`, failure.line, true)
}

/** Which kind of thing an attribute belongs to. */
type Owner = 'object' | 'event' | 'type'

class OcelXml {
  readonly xml: XmlReader
  readonly #file: LogFile
  readonly #part: 'objects' | 'events'
  readonly #problem: (message: string, line: number) => void
  #objects: Array<Located<OcelObject>> = []
  #events: Array<Located<OcelEvent>> = []
  /** Declared types, by `TYPE\0ATTRIBUTE`. */
  readonly #types = new Map<string, string>()
  #owner: Owner | undefined
  #type = ''
  #id = ''
  #time = ''
  #line = 0
  #values: OcelValue[] = []
  #bag = new AttributeBag()
  #relations: Array<{ objectId: string; qualifier: string }> = []
  #attribute: { name: string; time: string | undefined } | undefined
  #text = ''

  constructor(file: LogFile, part: 'objects' | 'events', problem: (message: string, line: number) => void) {
    this.#file = file
    this.#part = part
    this.#problem = problem
    this.xml = new XmlReader({
      open: (name, attributes, line) => this.#open(name, attributes, line),
      close: (name) => this.#close(name),
      text: (text) => {
        if (this.#attribute && this.#text.length < 100_000) this.#text += text
      },
    })
  }

  takeObjects(): Array<Located<OcelObject>> {
    const taken = this.#objects
    this.#objects = []
    return taken
  }

  takeEvents(): Array<Located<OcelEvent>> {
    const taken = this.#events
    this.#events = []
    return taken
  }

  #open(name: string, attributes: Readonly<Record<string, string>>, line: number): void {
    const related = attributes['object-id']
    if (related !== undefined) this.#relations.push({ objectId: related, qualifier: attributes.qualifier ?? '' })
    else if (name === 'object' || name === 'event') this.#begin(name, attributes, line)
    else if (name === 'object-type' || name === 'event-type') {
      this.#owner = 'type'
      this.#type = attributes.name ?? ''
    } else if (name === 'attribute') this.#openAttribute(attributes)
  }

  #begin(owner: 'object' | 'event', { id, type, time }: Readonly<Record<string, string>>, line: number): void {
    this.#owner = owner
    this.#id = id ?? ''
    this.#type = type ?? ''
    this.#time = time ?? ''
    this.#line = line
    this.#values = []
    this.#bag = new AttributeBag()
    this.#relations = []
  }

  #openAttribute({ name, time, type }: Readonly<Record<string, string>>): void {
    if (this.#owner === 'type') this.#types.set(`${this.#type}\0${name}`, type ?? 'string')
    else {
      this.#attribute = { name: name ?? '', time }
      this.#text = ''
    }
  }

  #close(name: string): void {
    if (name === 'attribute' && this.#attribute) this.#closeAttribute(this.#attribute)
    else if (name === 'object-type' || name === 'event-type') this.#owner = undefined
    else if (name === 'object' && this.#owner === 'object') this.#emitObject()
    else if (name === 'event' && this.#owner === 'event') this.#emitEvent()
  }

  #closeAttribute({ name, time }: { name: string; time: string | undefined }): void {
    const value: Scalar = ocelValue(this.#text, this.#types.get(`${this.#type}\0${name}`))
    if (this.#owner === 'object') this.#values.push({ name, value, from: fromTime(this.#file, time) })
    else if (name !== '') this.#bag.add(name, value)
    this.#attribute = undefined
  }

  #emitObject(): void {
    this.#owner = undefined
    if (this.#part !== 'objects') return
    if (this.#id === '' || this.#type === '') this.#problem('an object without id or type', this.#line)
    else this.#objects.push({ value: { id: this.#id, type: this.#type, values: this.#values }, line: this.#line })
  }

  #emitEvent(): void {
    this.#owner = undefined
    if (this.#part !== 'events') return
    if (this.#id === '' || this.#type === '') {
      this.#problem(this.#id === '' ? 'an event without id' : `event ${this.#id}: type is missing`, this.#line)
      return
    }
    const value = { id: this.#id, type: this.#type, time: this.#time, attributes: this.#bag.values, relations: this.#relations }
    this.#events.push({ value, line: this.#line })
  }
}
