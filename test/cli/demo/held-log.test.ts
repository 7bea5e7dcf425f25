import { expect } from 'chai'
import { type Logger, silentLogger } from '../../../src/base/log.ts'
import { HeldLog } from '../../../src/cli/demo/held-log.ts'

describe('what is said while the dashboard is drawn', () => {
  const heard = () => {
    const lines: string[] = []
    const say = (level: string) => (text: string) => void lines.push(`${level} ${text}`)
    return { lines, logger: { ...silentLogger, warn: say('warn'), error: say('error') } }
  }

  it('is said afterwards, in its order, once', () => {
    const held = new HeldLog()
    const said: Logger = held
    said.info('an aside')
    held.warn('slow')
    held.error('broken')
    const { lines, logger } = heard()
    held.tell(logger)
    held.tell(logger)
    expect(lines).to.deep.equal(['warn slow', 'error broken'])
  })

  it('is counted where it is too much', () => {
    const held = new HeldLog()
    for (let i = 0; i < 25; i++) held.warn(String(i))
    const { lines, logger } = heard()
    held.tell(logger)
    expect(lines).to.have.length(21)
    expect(lines.at(-1)).to.equal('warn 5 more warnings came while the dashboard was shown')
  })
})
