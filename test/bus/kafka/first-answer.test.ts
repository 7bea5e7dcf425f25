import { expect } from 'chai'
import { systemClock } from '../../../src/base/clock.ts'
import { BrokerLost } from '../../../src/bus/kafka/failures.ts'
import { firstAnswer } from '../../../src/bus/kafka/first-answer.ts'

const explain = (losses: readonly BrokerLost[]) => new Error(`all of ${losses.length}`)
const lost = () => Promise.reject(new BrokerLost('h:1', 'gone'))
const never = () => new Promise<string>(() => {})

describe('the first answer', () => {
  it('is the first attempt’s, and nobody else is asked, not even later', async () => {
    const asked: string[] = []
    const sleeps: Promise<void>[] = []
    const sleep = (ms: number, signal?: AbortSignal) => {
      const sleeping = systemClock.sleep(ms, signal)
      sleeps.push(sleeping)
      return sleeping
    }
    const attempts = ['a', 'b'].map((name) => async () => {
      asked.push(name)
      return name
    })
    expect(await firstAnswer(attempts, { ...systemClock, sleep }, explain)).to.equal('a')
    await Promise.all(sleeps)
    expect(asked).to.deep.equal(['a'])
  })

  it('comes from the next one when one is lost, or says nothing', async () => {
    expect(await firstAnswer([lost, lost, async () => 'c'], systemClock, explain)).to.equal('c')
    expect(await firstAnswer([never, lost, async () => 'c'], systemClock, explain)).to.equal('c')
  })

  it('is an explanation when all are lost, or there was nobody to ask', async () => {
    const message = (attempts: Array<() => Promise<string>>) =>
      firstAnswer(attempts, systemClock, explain).catch((error: Error) => error.message)
    expect(await message([lost, lost])).to.equal('all of 2')
    expect(await message([])).to.equal('all of 0')
  })

  it('another failure is the answer', async () => {
    const refused = new Error('not allowed')
    const failing = firstAnswer([() => Promise.reject(refused), async () => 'b'], systemClock, explain)
    expect(await failing.catch((error: unknown) => error)).to.equal(refused)
  })
})
