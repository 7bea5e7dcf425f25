import { AttributeBag, type Scalar } from './attributes.ts'
import type { RawEvent } from './mapper.ts'
import { normalised } from './roles.ts'
import type { TimeReader } from './time.ts'
import { XmlReader } from './xml.ts'

/** Elements that hold an attribute (IEEE 1849-2016, 4.2). */
const KINDS = new Set(['string', 'date', 'int', 'float', 'boolean', 'id', 'list', 'container'])

/** The extensions whose names we know, and by what their URIs end. */
const EXTENSIONS = ['concept', 'time', 'lifecycle', 'org', 'cost', 'identity']

/** Events kept until their trace's name is known, where it stands after them. */
const MAX_HELD = 100_000

export interface XesOptions {
  time: TimeReader
  /** The name of a classifier whose keys make the activity. */
  classifier: string | undefined
  /** An event, and the line where it begins. */
  onEvent(raw: RawEvent, line: number): void
  onProblem(message: string, line: number): void
  /** The log's own name. */
  onName(name: string): void
  /** An attribute was cut or left out for its size. */
  onCut(): void
  /** The classifiers of the log, when its head is over. */
  onClassifiers?(names: readonly string[]): void
}

type Scope = 'outside' | 'log' | 'trace' | 'event'

/** XES as it streams in: traces and their events, attributes flattened (`parent/child`), typed. */
export class XesReader {
  readonly xml: XmlReader
  readonly #options: XesOptions
  #scope: Scope = 'outside'
  #trace = new AttributeBag()
  #event = new AttributeBag()
  #eventLine = 0
  #inTrace = false
  /** Keys of the attributes that are open; null for an element without one. */
  #path: Array<string | null> = []
  /** Depth inside of something that is passed over: globals, what is not XES. */
  #skipping = 0
  readonly #prefixes = new Map<string, string>()
  readonly #classifiers = new Map<string, string>()
  #keys: string[] | undefined
  #held: Array<{ event: AttributeBag; line: number }> = []
  #tooMany = false

  constructor(options: XesOptions) {
    this.#options = options
    this.xml = new XmlReader({
      open: (name, attributes, line) => this.#open(name, attributes, line),
      close: (name) => this.#close(name),
    })
  }

  #open(name: string, attributes: Readonly<Record<string, string>>, line: number): void {
    if (this.#skipping > 0) this.#skipping++
    else if (KINDS.has(name)) this.#attribute(name, attributes)
    else if (name === 'values' && this.#path.length > 0) this.#path.push(null)
    else if (this.#path.length > 0) this.#misplaced(name, line)
    else if (name === 'event') this.#openEvent(line)
    else if (name === 'trace') this.#openTrace(line)
    else if (name === 'log' && this.#scope === 'outside') this.#scope = 'log'
    else {
      if (name === 'extension') this.#extension(attributes)
      else if (name === 'classifier') this.#classifiers.set(attributes.name ?? '', attributes.keys ?? '')
      else if (name !== 'global') this.#misplaced(name, line)
      this.#skipping = Math.max(this.#skipping, 1)
    }
  }

  #close(name: string): void {
    if (this.#skipping > 0) this.#skipping--
    else if (this.#path.length > 0) this.#path.pop()
    else if (name === 'event') this.#closeEvent()
    else if (name === 'trace') this.#closeTrace()
    else if (name === 'log') this.#scope = 'outside'
  }

  /** An element where XES has none: passed over with what is in it. */
  #misplaced(name: string, line: number): void {
    this.#skipping = 1
    this.#options.onProblem(
      this.#scope === 'outside' ? `<${name}> is not XES: the root must be <log>` : `<${name}> has no place inside of ${this.#scope}`,
      line,
    )
  }

  #openTrace(line: number): void {
    if (this.#scope !== 'log') {
      this.#misplaced('trace', line)
      return
    }
    this.#scope = 'trace'
    this.#inTrace = true
    this.#trace = new AttributeBag()
    this.#classify()
  }

  #openEvent(line: number): void {
    if (this.#scope !== 'trace' && this.#scope !== 'log') {
      this.#misplaced('event', line)
      return
    }
    if (this.#scope === 'log') this.#trace = new AttributeBag()
    this.#scope = 'event'
    this.#event = new AttributeBag()
    this.#eventLine = line
  }

  #closeEvent(): void {
    this.#scope = this.#inTrace ? 'trace' : 'log'
    const named = !this.#inTrace || Object.hasOwn(this.#trace.values, 'concept:name')
    if (named && this.#held.length === 0) this.#emit(this.#event, this.#eventLine)
    else if (this.#held.length < MAX_HELD) this.#held.push({ event: this.#event, line: this.#eventLine })
    else if (!this.#tooMany) {
      this.#tooMany = true
      this.#options.onProblem(
        `the trace has no concept:name before its first ${MAX_HELD} events; the rest of it is left out`,
        this.#eventLine,
      )
    }
  }

  #closeTrace(): void {
    this.#scope = 'log'
    this.#inTrace = false
    for (const { event, line } of this.#held) this.#emit(event, line)
    this.#held = []
    this.#tooMany = false
  }

  #emit(event: AttributeBag, line: number): void {
    const raw: RawEvent = { event: event.values, trace: this.#trace.values }
    if (this.#keys)
      raw.given = {
        activity: this.#keys
          .map((key) => event.values[key] ?? '')
          .join('+')
          .replace(/^\++$/, ''),
      }
    this.#options.onEvent(raw, line)
  }

  #attribute(kind: string, { key, value }: Readonly<Record<string, string>>): void {
    const name = this.#nameOf(key ?? '')
    this.#path.push(name)
    if (value === undefined || kind === 'list' || kind === 'container') return
    if (this.#scope === 'log') {
      if (name === 'concept:name') this.#options.onName(value)
      return
    }
    if (this.#scope === 'outside') return
    const bag = this.#scope === 'event' ? this.#event : this.#trace
    if (!bag.add(name, this.#typed(kind, value))) this.#options.onCut()
  }

  #nameOf(key: string): string {
    const colon = key.indexOf(':')
    const prefix = colon > 0 && this.#prefixes.size > 0 ? this.#prefixes.get(key.slice(0, colon)) : undefined
    const name = prefix === undefined ? key : prefix + key.slice(colon)
    if (this.#path.length === 0) return name
    const parent = this.#path.findLast((part) => part !== null)
    return parent === undefined ? name : `${parent}/${name}`
  }

  /** Text of a kind that it does not fit stays text. */
  #typed(kind: string, value: string): Scalar {
    if (kind === 'date') {
      const time = this.#options.time.iso(value)
      return time === undefined ? value : new Date(time).toISOString()
    }
    if (kind === 'int' || kind === 'float') {
      const number = Number(value)
      return value !== '' && Number.isFinite(number) && (kind === 'float' || Number.isSafeInteger(number)) ? number : value
    }
    if (kind === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
    return value
  }

  /** A log may call a standard extension's attributes by another prefix. */
  #extension({ prefix, uri }: Readonly<Record<string, string>>): void {
    const standard = EXTENSIONS.find((name) => uri?.endsWith(`/${name}.xesext`))
    if (standard !== undefined && prefix !== undefined && prefix !== standard) this.#prefixes.set(prefix, standard)
  }

  /** Once, before the first trace. */
  #classify(): void {
    const { classifier } = this.#options
    if (classifier === undefined || this.#keys) return
    const keys =
      this.#classifiers.get(classifier) ?? [...this.#classifiers].find(([name]) => normalised(name) === normalised(classifier))?.[1]
    if (keys !== undefined) this.#keys = keysOf(keys).filter((key, _, all) => all.length === 1 || key !== 'lifecycle:transition')
    this.#options.onClassifiers?.([...this.#classifiers.keys()])
  }

  /** Whether the classifier that was asked for is one of the log's. */
  get classified(): boolean {
    return this.#keys !== undefined
  }
}

/** Names parted by spaces; one with a space in it stands in single quotes (IEEE 1849-2016, 4.6). */
const keysOf = (keys: string): string[] => [...keys.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
