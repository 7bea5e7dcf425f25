import { expect } from 'chai'
import { playScript } from './script.ts'

/** More of them: npm run test:librenms. */
const SCRIPTS = 5

describe('the sync with LibreNMS, killed', function () {
  this.timeout(120_000)
  for (let seed = 1; seed <= SCRIPTS; seed++) {
    it(`leaves the same topics as one that was never killed, and each event once (script ${seed})`, async () => {
      const undisturbed = await playScript(seed, false)
      const killed = await playScript(seed, true)
      expect(killed.rows).to.deep.equal(undisturbed.rows)
      expect(killed.events).to.deep.equal(undisturbed.events)
      expect([killed.twice, undisturbed.twice]).to.deep.equal([[], []])
    })
  }
})
