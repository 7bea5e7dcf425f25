import { createHmac } from 'node:crypto'
import type { WorkflowEvent } from '../../../events/event-types.ts'
import { type Attributes, put, type Scalar } from '../formats/attributes.ts'
import { normalised } from '../formats/roles.ts'

/** What becomes of persons: a keyed hash of the name, the name as the log has it, or nothing. */
export const PEOPLE_MODES = ['hash', 'keep', 'drop'] as const
export type PeopleMode = (typeof PEOPLE_MODES)[number]

/** An attribute with one of these words in its name is about a person. */
const WORDS = new Set(
  'resource user username person employee staff responsible owner assignee approver requester requestor editor inserter blocker clerk agent handler originator performer operator mail email creator author'.split(
    ' ',
  ),
)
/** XES logs name the program that made them so. */
const NOT_PEOPLE = new Set(['creator', 'library'])
const MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/

type Values = NonNullable<WorkflowEvent['attributes']>

export interface PeopleOptions {
  mode: PeopleMode
  /** Key of the hashes; not needed to keep or drop. */
  secret: Buffer
  /** More attributes, and types of objects, that are about persons. */
  attributes: readonly string[]
}

/**
 * Keeps names off the bus: in `person`, in attributes that are about persons by their name, that repeat the event's person, or that are a mail
 * address, and in objects of such types. The same name gets the same hash under the same key, in every log.
 */
export class People {
  readonly #mode: PeopleMode
  readonly #secret: Buffer
  readonly #named: ReadonlySet<string>
  readonly #hashes = new Map<string, string>()
  readonly #kinds = new Map<string, boolean>()
  #lastCase: { from: Values; person: string | undefined; to: Values } | undefined

  constructor({ mode, secret, attributes }: PeopleOptions) {
    this.#mode = mode
    this.#secret = secret
    this.#named = new Set(attributes.map(normalised))
  }

  /** The event as it may go on the bus. */
  event(event: WorkflowEvent): WorkflowEvent {
    if (this.#mode === 'keep') return event
    const { person, attributes, case_attributes, objects, ...rest } = event
    const name = person ?? undefined
    const shown = name === undefined ? undefined : this.#name(name)
    return {
      ...rest,
      ...(objects && this.#objects(objects, rest)),
      ...(shown !== undefined && { person: shown }),
      ...(case_attributes && { case_attributes: this.#ofCase(case_attributes, name) }),
      ...(attributes && { attributes: this.values(attributes, name) }),
    }
  }

  /** Attributes, or the fields of a dead letter. */
  values<T extends Readonly<Record<string, unknown>>>(values: T, person?: string): T {
    if (this.#mode === 'keep') return values
    const safe: Attributes = {}
    for (const key in values) {
      const value: unknown = values[key]
      const personal = this.#isPersonal(key)
        ? value !== null && typeof value !== 'boolean'
        : typeof value === 'string' && (value === person || MAIL.test(value))
      const shown = personal ? this.#name(String(value)) : value
      if (shown !== undefined) put(safe, key, shown as Scalar)
    }
    return safe as unknown as T
  }

  /** Events of a case come together, and share its attributes. */
  #ofCase(from: Values, person: string | undefined): Values {
    if (this.#lastCase?.from !== from || this.#lastCase.person !== person) this.#lastCase = { from, person, to: this.values(from, person) }
    return this.#lastCase.to
  }

  #objects(objects: NonNullable<WorkflowEvent['objects']>, { case_id }: { case_id: string }) {
    const personal = objects.filter(({ object_type }) => this.#isPersonal(object_type))
    if (personal.length === 0) return { objects }
    const shown = objects.flatMap((object) => {
      if (!personal.includes(object)) return [object]
      const object_id = this.#name(object.object_id)
      return object_id === undefined ? [] : [{ ...object, object_id }]
    })
    // A case that is a person is known by a hash even where persons are dropped: without a key there is no case.
    return personal.some(({ object_id }) => object_id === case_id) ? { objects: shown, case_id: this.#hash(case_id) } : { objects: shown }
  }

  #isPersonal(key: string): boolean {
    let known = this.#kinds.get(key)
    if (known === undefined) {
      const name = normalised(key)
      known = this.#named.has(name) || (!NOT_PEOPLE.has(name) && name.split(/[^\p{L}\p{N}]+/u).some((word) => WORDS.has(word)))
      if (this.#kinds.size < 10_000) this.#kinds.set(key, known)
    }
    return known
  }

  #name(name: string): string | undefined {
    return this.#mode === 'drop' ? undefined : this.#hash(name)
  }

  #hash(name: string): string {
    let hash = this.#hashes.get(name)
    if (hash === undefined) {
      hash = `person_${createHmac('sha256', this.#secret).update(`workflow\0${name}`).digest('hex').slice(0, 12)}`
      if (this.#hashes.size < 100_000) this.#hashes.set(name, hash)
    }
    return hash
  }
}
