import { messageOf } from '../base/errors.ts'

/** Where a record lies on the bus. */
export interface RecordRef {
  topic: string
  partition: number
  offset: number
}

/** A record as the engine sees it: its place, its event time (ms since the epoch) and its parsed value. */
export interface StreamEvent extends RecordRef {
  time: number
  value: Readonly<Record<string, unknown>>
}

/** A record's value, or what is wrong with it. */
export function parseValue(raw: Buffer): StreamEvent['value'] | string {
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'))
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as StreamEvent['value']) : 'not a JSON object'
  } catch (error) {
    return messageOf(error)
  }
}
