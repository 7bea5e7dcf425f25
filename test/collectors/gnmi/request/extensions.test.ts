import { expect } from 'chai'
import { loadGnmi } from '../../../../src/collectors/gnmi/client/grpc.ts'
import {
  commitExtension,
  depthExtension,
  type ExtensionMessage,
  historyExtension,
} from '../../../../src/collectors/gnmi/request/extensions.ts'

const NOW = Date.parse('2026-01-31T12:00:00Z')

/** The extension as the other side reads it. */
async function received(extension: ExtensionMessage | undefined): Promise<unknown> {
  const { requestSerialize, requestDeserialize } = (await loadGnmi()).methods.Set
  const read = requestDeserialize(requestSerialize({ extension: [extension] })) as { extension: object[] }
  return JSON.parse(JSON.stringify(read.extension[0]))
}

describe('extensions of a gNMI request', () => {
  describe('statement 17: history', () => {
    it('a snapshot goes with ONCE', async () => {
      const extension = historyExtension({ snapshot: '1769850000000000001' }, 'ONCE', NOW)
      expect(await received(extension)).to.deep.include({ history: { request: 'snapshot_time', snapshot_time: '1769850000000000001' } })
      for (const mode of ['STREAM', 'POLL'] as const)
        expect(() => historyExtension({ snapshot: '1h' }, mode, NOW)).to.throw('a snapshot of the past comes once')
    })

    it('a range goes with STREAM, and ends now unless it is said', async () => {
      const range = { start: '1769857200000000000', end: '1769860800000000000' }
      expect(await received(historyExtension({ start: '1h ago' }, 'STREAM', NOW))).to.deep.include({ history: { request: 'range', range } })
      for (const mode of ['ONCE', 'POLL'] as const)
        expect(() => historyExtension({ start: '1h' }, mode, NOW)).to.throw('a range of the past comes as a stream')
    })

    it('a range begins before it ends', () => {
      expect(() => historyExtension({ start: '1h', end: '2h' }, 'STREAM', NOW)).to.throw('begins (1h) after it ends (2h)')
      expect(historyExtension({ start: '1h', end: '1h' }, 'STREAM', NOW)).to.not.equal(undefined)
      expect(() => historyExtension({ end: '2h' }, 'STREAM', NOW)).to.throw('needs its start')
      expect(() => historyExtension({ snapshot: '1h', end: '2h' }, 'ONCE', NOW)).to.throw('neither')
      expect(() => historyExtension({ snapshot: 'soon' }, 'ONCE', NOW)).to.throw('--history-snapshot "soon" is no time')
      expect(historyExtension({}, 'POLL', NOW)).to.equal(undefined)
    })
  })

  it('depth is a number of levels', async () => {
    expect(depthExtension(undefined)).to.equal(undefined)
    expect(await received(depthExtension(4_294_967_295))).to.deep.include({ depth: { level: 4_294_967_295 } })
    for (const level of [-1, 1.5, 2 ** 32, Number.NaN]) expect(() => depthExtension(level)).to.throw('it is a number of levels')
  })

  it('commit: confirmed, or undone', async () => {
    const id = 'c1'
    const rollback_duration = { seconds: '90', nanos: 500_000_000 }
    const read = (step: Parameters<typeof commitExtension>[0]) => received(commitExtension(step))
    expect(await read({ action: 'commit', id, rollbackAfter: 90_500 })).to.deep.include({
      commit: { id, action: 'commit', commit: { rollback_duration } },
    })
    expect(await read({ action: 'commit', id })).to.deep.include({ commit: { id, action: 'commit', commit: {} } })
    expect(await read({ action: 'confirm', id })).to.deep.include({ commit: { id, action: 'confirm', confirm: {} } })
    expect(await read({ action: 'cancel', id })).to.deep.include({ commit: { id, action: 'cancel', cancel: {} } })
    expect(await read({ action: 'set_rollback_duration', id, rollbackAfter: 90_500 })).to.deep.include({
      commit: { id, action: 'set_rollback_duration', set_rollback_duration: { rollback_duration } },
    })
    expect(() => commitExtension({ action: 'confirm', id: '' })).to.throw('known by its id')
    expect(() => commitExtension({ action: 'set_rollback_duration', id, rollbackAfter: 0 })).to.throw('no time at all')
  })
})
