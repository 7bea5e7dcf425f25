import { expect } from 'chai'
import Connection from 'kafkajs/src/network/connection.js'
import { silentLogger } from '../../../src/base/log.ts'
import { kafkajsLogger } from '../../../src/bus/kafka/kafkajs-log.ts'
import { patchRequestQueue } from '../../../src/bus/kafka/request-queue-patch.ts'

function queueOf(patched: boolean): Connection['requestQueue'] {
  const options = { host: 'h', port: 1, clientId: 'c', requestTimeout: 1_000, connectionTimeout: 1_000, ssl: null, sasl: null }
  const socketFactory = () => Promise.reject(new Error('no socket in this test')) as never
  const connection = new Connection({ ...options, socketFactory, logger: kafkajsLogger(silentLogger) })
  if (patched) patchRequestQueue(connection)
  return connection.requestQueue
}

/** The delays of the timers that are armed while `act` runs. */
function delaysDuring(act: () => void): number[] {
  const delays: number[] = []
  const real = globalThis.setTimeout
  globalThis.setTimeout = ((run: () => void, delay: number) => {
    delays.push(delay)
    return real(run, Math.max(1, delay)).unref()
  }) as typeof setTimeout
  try {
    act()
  } finally {
    globalThis.setTimeout = real
  }
  return delays
}

describe('the request queue of kafkajs', () => {
  it('arms a timer with a negative delay as it is shipped: the patch is still needed', () => {
    const queue = queueOf(false)
    expect(delaysDuring(() => queue.checkPendingRequests()).some((delay) => delay < 0)).to.equal(true)
    queue.destroy()
  })

  it('arms none when nothing waits', () => {
    const queue = queueOf(true)
    expect(delaysDuring(() => queue.checkPendingRequests())).to.deep.equal([])
  })

  it('arms one, with a delay of the throttle, when requests wait', () => {
    const queue = queueOf(true)
    queue.throttledUntil = Date.now() + 600_000
    queue.pending.push({})
    const delays = delaysDuring(() => {
      queue.scheduleCheckPendingRequests()
      queue.scheduleCheckPendingRequests()
    })
    expect(delays).to.have.length(1)
    expect(delays[0]).to.be.within(1, 600_000)
    queue.destroy()
  })

  it('looks again soon when the pipe is full', () => {
    const queue = queueOf(true)
    queue.pending.push({})
    expect(delaysDuring(() => queue.scheduleCheckPendingRequests())).to.deep.equal([10])
    queue.destroy()
  })
})
