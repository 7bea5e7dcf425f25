import { expect } from 'chai'
import { silentLogger } from '../../../../../src/base/log.ts'
import { Gate } from '../../../../../src/collectors/gnmi/agent/rpc/gate.ts'
import { Counters } from '../../../../../src/collectors/metrics.ts'
import { ManualClock, settled } from '../support/manual-clock.ts'
import { CREDENTIALS, metadataOf } from '../support/target.ts'

describe("the agent's gate", () => {
  let clock: ManualClock
  let metrics: Counters
  let warnings: string[]
  let gate: Gate

  beforeEach(() => {
    clock = new ManualClock()
    metrics = new Counters()
    warnings = []
    gate = new Gate(CREDENTIALS, { clock, metrics, logger: { ...silentLogger, warn: (message) => warnings.push(message) } })
  })

  /** Its answers come here as they come. */
  function attempts(): { codes: number[]; attempt(shown: object, host?: string): void } {
    const codes: number[] = []
    return {
      codes,
      attempt: (shown, host = '192.0.2.1') =>
        void gate.admit(metadataOf(shown), host).then(
          () => codes.push(0),
          (error: { code: number }) => codes.push(error.code),
        ),
    }
  }

  it('answers a wrong password later each time', async () => {
    const { codes, attempt } = attempts()
    for (const delay of [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000]) {
      attempt({ username: 'shitops', password: 'guess' })
      await clock.advance(delay - 1)
      expect(codes).to.deep.equal([])
      await clock.advance(1)
      expect(codes.splice(0)).to.deep.equal([16])
    }
    expect(metrics.get('unauthenticated')).to.equal(7)
    expect(warnings).to.have.length(3)
    expect(warnings.join()).to.not.include('guess')
  })

  it('does not look at more than four at once from one address, and lets others in meanwhile', async () => {
    const { codes, attempt } = attempts()
    for (let i = 0; i < 4; i++) attempt({ password: `guess ${i}` })
    await settled()
    expect(codes).to.deep.equal([])
    attempt(CREDENTIALS)
    attempt(CREDENTIALS, '192.0.2.2')
    await settled()
    expect(codes).to.have.members([8, 0])
  })

  it('begins anew after the right password', async () => {
    const { codes, attempt } = attempts()
    attempt({})
    await clock.advance(250)
    attempt({})
    await clock.advance(500)
    attempt(CREDENTIALS)
    await settled()
    attempt({})
    await clock.advance(250)
    expect(codes).to.deep.equal([16, 16, 0, 16])
  })

  it('does not take one text for another by moving the border between name and password', async () => {
    const { codes, attempt } = attempts()
    attempt({ username: 'shitopsc', password: 'orrect horse' })
    await clock.advance(10_000)
    expect(codes).to.deep.equal([16])
  })

  it('remembers a thousand addresses and no more', async () => {
    const { codes, attempt } = attempts()
    attempt({}, 'first')
    for (let i = 0; i < 1_000; i++) attempt({}, `192.0.2.${i}`)
    await clock.advance(250)
    codes.splice(0)
    attempt({}, 'first')
    await clock.advance(250)
    expect(codes).to.deep.equal([16])
  })
})
