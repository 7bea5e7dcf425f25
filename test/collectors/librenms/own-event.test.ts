import { expect } from 'chai'
import { isOwnEvent } from '../../../src/collectors/librenms/own-event.ts'
import { usePush } from './push/setup.ts'

describe('our own events in the event log', () => {
  const nms = usePush()

  it('are all that writing back leaves there, and nothing else', async () => {
    nms.world.event(1, { message: 'ifOperStatus: up -> down', type: 'interface' })
    nms.world.event(1, { message: 'Component: cisco-otv(9). Attribute: peer, was deleted.', type: 'component' })
    const others = nms.world.events.rows.length
    for (const command of [
      nms.command('annotate', { arguments: { text: 'x' } }),
      nms.command('set_status', { arguments: { status: 2, attributes: { incident: '7' } } }),
      nms.command('set_status', { arguments: { status: 0 } }),
    ])
      expect((await nms.done(command))?.outcome).to.equal('applied')
    const { rows } = nms.world.events
    expect(rows.length).to.be.greaterThan(others + 2)
    const own = (users: ReadonlySet<string>) => rows.map((row) => isOwnEvent(row, users))
    expect(own(new Set(['shitops']))).to.deep.equal(rows.map((_, i) => i >= others))
    // Who does not know the user's name misses the changes of a status, which are told by an id.
    expect(own(new Set()).slice(0, others)).to.deep.equal(Array(others).fill(false))
    expect(own(new Set()).filter(Boolean)).to.have.length.greaterThan(1)
  })
})
