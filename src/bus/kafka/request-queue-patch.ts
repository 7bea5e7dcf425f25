import type Connection from 'kafkajs/src/network/connection.js'

/** How often kafkajs looks whether a full pipe has room again (its CHECK_PENDING_REQUESTS_INTERVAL), ms. */
const FULL_PIPE_MS = 10

/**
 * kafkajs 2.2.4 arms a timer after every answer, with a delay of `throttledUntil (-1) - now`; the timer arms it again, a thousand times a
 * second for as long as the connection lives, and Node 24 warns about the negative delay (TimeoutNegativeWarning; tulios/kafkajs#1751).
 * On this one connection it is armed only while requests wait.
 */
export function patchRequestQueue(connection: Connection): void {
  const queue = connection.requestQueue
  queue.scheduleCheckPendingRequests = () => {
    if (queue.pending.length === 0 || queue.throttleCheckTimeoutId) return
    const throttledFor = queue.throttledUntil - Date.now()
    queue.throttleCheckTimeoutId = setTimeout(
      () => {
        queue.throttleCheckTimeoutId = null
        queue.checkPendingRequests()
      },
      throttledFor > 0 ? throttledFor : FULL_PIPE_MS,
    )
  }
}
