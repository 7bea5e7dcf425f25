import { expect } from 'chai'
import { tailInterval } from '../../../src/cli/librenms/settings.ts'

describe('--tail-interval', () => {
  it('is a second or more', () => expect([tailInterval('1s'), tailInterval('2m')]).to.deep.equal([1_000, 120_000]))

  for (const text of ['0', '0s', '500ms', 'soon']) {
    it(`${text}: the refusal shows none that it would refuse`, () => {
      expect(() => tailInterval(text))
        .to.throw(`--tail-interval "${text}" is no duration of a second or more, such as 5s, 15m or 1h30m`)
        .with.property('code', 'SHITOPS_E_USAGE')
    })
  }
})
