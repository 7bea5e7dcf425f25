import { expect } from 'chai'
import type { Clock } from '../../../src/base/clock.ts'
import { CODE } from '../../../src/bus/kafka/codes.ts'
import { BrokerLost, BrokerRefusal } from '../../../src/bus/kafka/failures.ts'
import { retry } from '../../../src/bus/kafka/retry.ts'

/** A clock that moves only by being slept on. */
function sleepingClock(): Clock & { pauses: number[] } {
  let now = 0
  const pauses: number[] = []
  return {
    pauses,
    now: () => now,
    sleep: async (ms) => {
      pauses.push(ms)
      now += ms
    },
  }
}

const passing = new BrokerRefusal(CODE.NOT_LEADER_OR_FOLLOWER, 'writing')

describe('retry', () => {
  it('repeats what may pass, ever more slowly, and tells what went wrong', async () => {
    const clock = sleepingClock()
    const told: unknown[] = []
    let attempts = 0
    const result = await retry({ clock, deadlineMs: 60_000, between: (error) => void told.push(error) }, async () => {
      if (++attempts < 9) throw attempts % 2 ? passing : new BrokerLost('h:1', 'gone')
      return 'done'
    })
    expect(result).to.equal('done')
    expect(clock.pauses).to.deep.equal([20, 40, 80, 160, 320, 640, 1_000, 1_000])
    expect(told).to.have.length(8)
  })

  it('gives up with the last failure at the deadline', async () => {
    const clock = sleepingClock()
    const failed = retry({ clock, deadlineMs: 5_000 }, async () => Promise.reject(passing))
    expect(await failed.catch((error: unknown) => error)).to.equal(passing)
    expect(clock.now()).to.be.within(4_000, 5_000)
  })

  it('does not repeat what will not pass, and stops at an abort', async () => {
    const clock = sleepingClock()
    const refused = new BrokerRefusal(CODE.TOPIC_AUTHORIZATION_FAILED, 'writing')
    expect(await retry({ clock, deadlineMs: 5_000 }, async () => Promise.reject(refused)).catch((error: unknown) => error)).to.equal(
      refused,
    )
    await retry({ clock, deadlineMs: 5_000, signal: AbortSignal.abort() }, async () => Promise.reject(passing)).catch(() => {})
    expect(clock.pauses).to.deep.equal([])
  })
})
