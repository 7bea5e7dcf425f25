import type { WorkflowEvent } from '../events/event-types.ts'

/** Where an event can be found again: a record of the bus, or a line of a file. */
export type EventPlace = { topic: string; partition: number; offset: number } | { file: string; line: number | null }

export interface PlacedEvent {
  event: WorkflowEvent
  place: EventPlace
}

/** `workflow_events/2@118`, as positions are written, or `claims.xes:12`. */
export function placeText(place: EventPlace): string {
  if ('topic' in place) return `${place.topic}/${place.partition}@${place.offset}`
  return place.line === null ? place.file : `${place.file}:${place.line}`
}
