import { expect } from 'chai'
import { Busyness } from '../../src/cli/busyness.ts'

/** What comes of spans of two seconds, each with so much of a core. */
function busyAfter(...shares: number[]): Array<boolean> {
  let cpu = 500
  let at = 10_000
  const busyness = new Busyness(cpu, at)
  return shares.map((share) => {
    at += 2_000
    cpu += share * 2_000
    const was = busyness.busy
    const changed = busyness.look(cpu, at)
    expect(changed).to.equal(was !== busyness.busy)
    return busyness.busy
  })
}

describe('a process', () => {
  it('is busy when it uses most of a core, and calm at first', () => {
    expect(busyAfter(0.06, 0.5, 0.51, 2)).to.eql([false, false, true, true])
  })

  it('is calm again when it uses little, and does not go to and fro in between', () => {
    expect(busyAfter(0.9, 0.3, 0.45, 0.25, 0.24, 0.3, 0.45)).to.eql([true, true, true, true, false, false, false])
  })

  it('is judged by two seconds at least: work in a moment is no work that goes on', () => {
    const busyness = new Busyness(0, 0)
    expect(busyness.look(400, 400)).to.equal(false)
    expect(busyness.look(1_000, 1_999)).to.equal(false)
    expect(busyness.look(1_000, 4_000)).to.equal(false)
    expect(busyness.busy).to.equal(false)
    // What was looked at too soon was not lost, and what came before a look does not count again.
    expect(busyness.look(2_200, 6_000)).to.equal(true)
  })
})
