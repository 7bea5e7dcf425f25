import { expect } from 'chai'
import { believable } from '../../../../src/collectors/librenms/sync/guard.ts'
import { scheduleFor, spread } from '../../../../src/collectors/librenms/sync/schedule.ts'

/** Requests a minute, at a tail of 30 s, with as many devices; facts 6.3. */
function perMinute(devices: number): number {
  const { alerts, down, devices: all, ports, portsOfDevice, sensors, inventoryOfDevice, links } = scheduleFor(devices)
  const lists = [alerts, down, all, ports, sensors, links].flatMap((every) => (every === undefined ? [] : [60_000 / every]))
  const each = [portsOfDevice, inventoryOfDevice].flatMap((every) => (every === undefined ? [] : [(devices * 60_000) / every]))
  return 4 + [...lists, ...each].reduce((sum, rate) => sum + rate, 0)
}

describe('the schedule of the sweeps', () => {
  it('keeps the budget at every size', () => {
    expect(perMinute(100)).to.be.lessThan(7.5)
    expect(perMinute(1_000)).to.be.lessThan(11)
    expect(perMinute(10_000)).to.be.lessThan(185)
  })

  it('spreads devices over the interval', () => {
    const tenths = new Array(10).fill(0)
    for (let device = 1; device <= 1_000; device++) tenths[Math.floor(spread(device, 1_000) / 100)]++
    for (const count of tenths) expect(count).to.be.within(95, 105)
  })

  it('believes a few or a tenth', () => {
    expect([believable(5, 6), believable(6, 6), believable(10, 100), believable(11, 100)]).to.deep.equal([true, false, true, false])
  })
})
