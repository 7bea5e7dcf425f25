import type { OffsetAt } from '../client/zone.ts'

/** What a row does not say itself. */
export interface DecodeContext {
  /** Name of the LibreNMS, where there are several. */
  instance: string | undefined
  zone: OffsetAt
  /** An alias or a keyed hash of a person's name. */
  person(name: string): string
  /** Users of LibreNMS that are us. */
  own: ReadonlySet<string>
}

/** A decoded row without `event_time`, or, as text, why it is none. */
export type Decoded<Event> = Omit<Event, 'event_time'> | string

export const instanceOf = ({ instance }: DecodeContext) => (instance === undefined ? {} : { instance })
