import { expect } from 'chai'
import { RateLimit } from '../../../../src/collectors/librenms/push/rate-limit.ts'
import { usePush } from './setup.ts'

describe('performing a command', () => {
  const nms = usePush()
  const note = (text = 'x', more = {}) => nms.command('set_notes', { arguments: { text }, ...more })

  it('writes nothing in a dry run, and says what it would do', async () => {
    for (const [command, options] of [
      [note(), { write: false }],
      [note('x', { dry_run: true }), {}],
    ] as const) {
      const outcome = await nms.done(command, options)
      expect(outcome).to.include({ outcome: 'dry_run', detail: 'would be done: notes: our block says x' })
    }
    expect(nms.writes()).to.equal(0)
  })

  it('does nothing after the expiry, or when it is old and names none', async () => {
    const at = (ms: number) => new Date(nms.clock.now() + ms).toISOString()
    expect((await nms.done(note('x', { expires_at: at(-1) })))?.outcome).to.equal('expired')
    expect((await nms.done(note('x', { event_time: at(-16 * 60_000) })))?.outcome).to.equal('expired')
    expect((await nms.done(note('x', { event_time: at(-16 * 60_000), expires_at: at(60_000) })))?.outcome).to.equal('applied')
  })

  it('refuses an expectation about what it does not read', async () => {
    expect((await nms.done(note('x', { expected: { weather: 'fine' } })))?.detail).to.contain('none of notes, block')
  })

  it('tries again while LibreNMS is away, and does it when it is back', async () => {
    const trouble = nms.server.fault({ kind: 'status', status: 503, times: 7 })
    expect((await nms.done(note()))?.outcome).to.equal('applied')
    expect(trouble.hits).to.equal(7)
  })

  it('gives up when it expires meanwhile', async () => {
    nms.server.fault({ kind: 'status', status: 503 })
    const outcome = await nms.done(note())
    expect(outcome?.outcome).to.equal('expired')
    expect(nms.writes()).to.equal(0)
  })

  it('does not write twice when the answer to a write is lost', async () => {
    // Done, and then the body breaks off.
    nms.server.fault({ kind: 'truncate', bytes: 3, on: 'add_eventlog', times: 1 })
    const outcome = await nms.done(nms.command('annotate', { arguments: { text: 'once' } }))
    expect(outcome?.outcome).to.equal('applied')
    expect(nms.world.events.rows.filter(({ message }) => message === 'once')).to.have.lengthOf(1)
  })

  it('says failed when a write did not arrive', async () => {
    nms.server.fault({ kind: 'reset', on: 'add_eventlog' })
    const outcome = await nms.done(nms.command('annotate', { arguments: { text: 'never' } }))
    expect(outcome).to.include({ outcome: 'failed', detail: 'no answer came, and it is not so' })
  })

  it('ends a loop with somebody who sets it back each time', async () => {
    const outcomes: Array<string | undefined> = []
    for (let n = 0; n < 5; n++) {
      outcomes.push((await nms.done(note('mine')))?.outcome)
      nms.world.setNotes(1, 'theirs')
    }
    expect(outcomes).to.deep.equal(['applied', 'applied', 'applied', 'refused', 'refused'])
    nms.clock.advance(11 * 60_000)
    expect((await nms.done(note('mine')))?.outcome).to.equal('applied')
  })

  it('keeps to the rate, and looks again after it has waited', async () => {
    const rateLimit = new RateLimit(nms.clock, 2)
    const begin = nms.clock.now()
    for (const text of ['a', 'b', 'c']) expect((await nms.done(note(text), { rateLimit }))?.outcome).to.equal('applied')
    expect(nms.clock.now() - begin).to.be.at.least(60_000)
  })

  it('has its turn at a rate that is used up evenly, too', async () => {
    const rateLimit = new RateLimit(nms.clock, 3)
    for (const text of ['a', 'b', 'c']) {
      await nms.done(note(text), { rateLimit })
      nms.clock.advance(15_000)
    }
    const begin = nms.clock.now()
    expect((await nms.done(note('d'), { rateLimit }))?.outcome).to.equal('applied')
    expect(nms.clock.now() - begin).to.be.within(15_000, 16_000)
  })

  it('leaves a command alone when it is stopped', async () => {
    expect(await nms.done(note(), { signal: AbortSignal.abort() })).to.equal(undefined)
    expect(nms.writes()).to.equal(0)
  })

  it('throws when the token is no longer taken: no command can be done with it', async () => {
    const { LibrenmsV0 } = await import('../../../../src/collectors/librenms/client/v0.ts')
    const api = new LibrenmsV0({ url: nms.server.url, token: 'wrong-token' }, { clock: nms.clock, signal: new AbortController().signal })
    const error = await nms.done(note(), { api }).catch((thrown: unknown) => thrown)
    expect(error).to.have.property('code', 'SHITOPS_E_LIBRENMS_AUTH')
    api.close()
  })

  it('never leaves a secret of LibreNMS in an outcome', async () => {
    const outcomes = [
      await nms.done(note()),
      await nms.done(nms.command('set_flags', { arguments: { ignore: true } })),
      await nms.done(nms.command('add_device', { device_id: 0, arguments: { hostname: 'new.example.net', force_add: true } })),
      await nms.done(nms.command('annotate', { arguments: { text: 'x' } })),
    ]
    expect(outcomes.map((outcome) => outcome?.outcome)).to.deep.equal(['applied', 'applied', 'applied', 'applied'])
    const text = JSON.stringify(outcomes)
    expect(nms.world.secrets()).to.have.length.greaterThan(0)
    for (const secret of nms.world.secrets()) expect(text).not.to.contain(secret)
  })
})
