import { hash } from 'node:crypto'
import { basename } from 'node:path'
import type { WorkflowEvent } from '../../../events/event-types.ts'
import { type Place, placeText } from '../formats/place.ts'
import { IdSet } from './id-set.ts'

/** CloudEvents source of everything that is imported; with the id it names an event. */
export const IMPORT_SOURCE = '/workflow/import'

/**
 * Ids by what the events are, so that the same event has the same id whenever, in whichever file and in whichever order it is imported. Of equal events in
 * one file the second is `…-2`: they are told apart by their number, and a file that repeats them gives them the same numbers.
 * Persons are no part of it: an id must not let anybody try names.
 */
export class Identities {
  #seen = new IdSet()
  #repeats = new Map<string, number>()

  /** Equal events are counted anew: two files may tell of the same ones. */
  nextFile(): void {
    this.#seen = new IdSet()
    this.#repeats = new Map()
  }

  /** @param event as it was read, before its times were moved */
  of(event: WorkflowEvent): string {
    const { process, event_id, case_id, activity, lifecycle, event_time } = event
    const id = hashOf([process ?? '', event_id ?? '', case_id, activity, lifecycle, event_time])
    if (this.#seen.add(id)) return id
    const nth = (this.#repeats.get(id) ?? 1) + 1
    this.#repeats.set(id, nth)
    return `${id}-${nth}`
  }
}

/** The same for the same fault of the same place in a file of that name. */
export const deadLetterId = (place: Place, message: string): string =>
  hashOf(['dlq', placeText({ ...place, file: basename(place.file) }), message])

const hashOf = (parts: readonly string[]): string => hash('sha256', parts.join('\0'), 'hex').slice(0, 32)
