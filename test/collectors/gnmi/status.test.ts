import { expect } from 'chai'
import { StatusBoard } from '../../../src/collectors/gnmi/status.ts'
import { ScriptedTarget } from '../../../src/office/gnmi/scripted/index.ts'
import { collecting, SUBSCRIPTION, stopAll, targetAt } from './support/collecting.ts'

describe('the status of gNMI streams', () => {
  it('is of the subscriptions that a target has, not of those that it had', async () => {
    const target = await ScriptedTarget.listen({ strict: true })
    try {
      const named = (name: string) => targetAt(target.address, { subscriptions: [{ ...SUBSCRIPTION, name }] })
      let change = () => {}
      const changed = new Promise<void>((resolve) => {
        change = resolve
      })
      async function* changes() {
        await changed
        yield [named('new')]
      }
      const { board } = collecting([named('old')], { changes: changes() })
      await target.subscribed(1)
      change()
      await target.subscribed(2)
      expect([...board.streams()].map(({ subscription }) => subscription)).to.deep.equal(['new'])
    } finally {
      await stopAll()
      await target.close()
    }
  })

  it('counts what streams counted that are gone', () => {
    const board = new StatusBoard()
    board.of('a', 'x').updates = 2
    board.of('a', 'y').updates = 3
    board.of('b', 'x').updates = 5
    board.keep('a', new Set(['y']))
    board.forget('b')
    board.of('b', 'x').updates = 1
    expect([...board.streams()].map(({ target, subscription }) => target + subscription)).to.deep.equal(['ay', 'bx'])
    expect(board.totals().updates).to.equal(11)
  })

  it('gives each stream of a target an epoch of its own, greater than those before', () => {
    const board = new StatusBoard()
    expect([5, 5, 9, 7].map((now) => board.nextEpoch('a', now))).to.deep.equal([5, 6, 9, 10])
    expect(board.nextEpoch('b', 5)).to.equal(5)
  })
})
