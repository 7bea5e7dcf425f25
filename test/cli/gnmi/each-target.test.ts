import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'chai'
import { ShitopsError } from '../../../src/base/errors.ts'
import type { ErrorReport } from '../../../src/cli/error-report.ts'
import { eachTarget, targetReport, worstOf } from '../../../src/cli/gnmi/each-target.ts'

const NEVER = new AbortController().signal
const targets = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `t${i}:1`, connection: { addresses: [`t${i}:1`] } }))

describe('asking many targets', () => {
  it('gives what became of each in their order, some at a time', async () => {
    let running = 0
    let most = 0
    const ask = async ({ address }: { address: string }) => {
      most = Math.max(most, ++running)
      const number = Number(address.slice(1, -2))
      for (let turns = 100 - number; turns > 0; turns--) await sleep(0)
      running--
      if (number % 10 === 3) throw new ShitopsError('SHITOPS_E_GNMI_AUTH', `${address}: no`)
      return number
    }
    const seen: unknown[] = []
    for await (const { name, result, error } of eachTarget(targets(100), ask, NEVER))
      seen.push(error ? [name, error.message] : [name, result])
    expect(seen).to.deep.equal(targets(100).map(({ name }, i) => [name, i % 10 === 3 ? `${name}: no` : i]))
    expect(most).to.be.within(2, 32)
  })

  it('tells of a target that cannot even be tried', async () => {
    const target = { name: 't:1', connection: { addresses: ['t:1'], credentials: { token: 'x' } } }
    const outcomes = []
    for await (const outcome of eachTarget([target, ...targets(1)], async () => 'fine', NEVER)) outcomes.push(outcome)
    expect(outcomes[0]?.error).to.include({ code: 'SHITOPS_E_USAGE' })
    expect(outcomes[1]).to.deep.equal({ name: 't0:1', result: 'fine' })
  })

  it('ends when the signal aborts, and waits for what is under way', async () => {
    const stop = new AbortController()
    let [asked, ended] = [0, 0]
    const ask = async () => {
      if (++asked === 32) setImmediate(() => stop.abort())
      await new Promise((resolve) => stop.signal.addEventListener('abort', resolve))
      ended++
      throw new Error('cancelled')
    }
    for await (const outcome of eachTarget(targets(100), ask, stop.signal)) expect.fail(outcome.name)
    expect(ended).to.equal(32)
  })

  it('ends with the code of the worst failure', () => {
    const report = (code: ConstructorParameters<typeof ShitopsError>[0]): ErrorReport =>
      targetReport({ name: 't', error: new ShitopsError(code, code.toLowerCase()) })
    const later = report('SHITOPS_E_GNMI_TIMEOUT')
    const gone = report('SHITOPS_E_GNMI_UNREACHABLE')
    const locked = report('SHITOPS_E_GNMI_AUTH')
    const refused = report('SHITOPS_E_GNMI_REFUSED')
    expect(worstOf([], 3)).to.equal(undefined)
    expect(worstOf([later], 1)).to.equal(later)
    expect(worstOf([later, gone], 3)).to.deep.equal({ ...gone, message: `2 of 3 targets failed; the worst: ${gone.message}` })
    expect(worstOf([locked, gone, later], 3)?.exit).to.equal(77)
    expect(worstOf([locked, refused, gone, later], 4)?.exit).to.equal(1)
    expect(targetReport({ name: 't', error: new TypeError('x is no function') })).to.include({
      code: 'SHITOPS_E_BUG',
      message: 't: x is no function',
    })
  })
})
