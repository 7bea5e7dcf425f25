import fc from 'fast-check'
import type { StreamEvent } from '../../src/query/stream-event.ts'

let offset = 0

/** An event with the next offset. */
export const event = (time: number, value: Record<string, unknown>, topic = 't'): StreamEvent => ({
  topic,
  partition: 0,
  offset: offset++,
  time,
  value,
})

/** A stream in order of time: a few topics, keys, members and values, so that they meet. */
export const streams = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 40 }),
      topic: fc.constantFrom('loss', 'calls'),
      key: fc.constantFrom('a', 'b'),
      member: fc.constantFrom('x', 'y'),
      value: fc.integer({ min: 0, max: 4 }),
    }),
    { maxLength: 60 },
  )
  .map((steps) => {
    let time = 0
    return steps.map(({ gap, topic, key, member, value }, i): StreamEvent => {
      time += gap
      return { topic, partition: 0, offset: i, time, value: { key, member, value } }
    })
  })
