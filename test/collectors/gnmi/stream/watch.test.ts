import { expect } from 'chai'
import { Watch } from '../../../../src/collectors/gnmi/stream/watch.ts'
import { HandClock } from '../../../support/hand-clock.ts'

describe('the watch over all streams', () => {
  it('looks at each of them every second, with one timer', async () => {
    const clock = new HandClock()
    const watch = new Watch(clock)
    const looks = [0, 0, 0]
    const end = looks.map((_, i) => watch.add(() => looks.splice(i, 1, (looks[i] ?? 0) + 1)))
    await clock.pass(3_000)
    expect(looks).to.deep.equal([3, 3, 3])
    expect(clock.sleeps.length).to.equal(4)
    end[1]?.()
    await clock.pass(2_000)
    expect(looks).to.deep.equal([5, 3, 5])
  })

  it('rests while there is nobody, and begins anew', async () => {
    const clock = new HandClock()
    const watch = new Watch(clock)
    let looks = 0
    watch.add(() => looks++)()
    await clock.pass(3_000)
    expect({ looks, sleeps: clock.sleeps.length }).to.deep.equal({ looks: 0, sleeps: 1 })
    const end = watch.add(() => looks++)
    await clock.pass(2_000)
    end()
    await clock.pass(2_000)
    expect(looks).to.equal(2)
  })

  it('lets one that is looked at leave, or another begin', async () => {
    const clock = new HandClock()
    const watch = new Watch(clock)
    let later = 0
    const end = watch.add(() => {
      end()
      watch.add(() => later++)
    })
    await clock.pass(3_000)
    expect(later).to.equal(2)
  })
})
