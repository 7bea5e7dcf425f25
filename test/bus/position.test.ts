import { expect } from 'chai'
import fc from 'fast-check'
import { ShitopsError } from '../../src/base/errors.ts'
import { type Position, parsePosition } from '../../src/bus/position.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const parse = (text: string) => parsePosition(text, NOW, 'from')

describe('positions', () => {
  const good: Array<[text: string, position: Position]> = [
    ['start', { kind: 'start' }],
    ['end', { kind: 'end' }],
    ['0', { kind: 'offset', offset: 0 }],
    ['123', { kind: 'offset', offset: 123 }],
    ['-100', { kind: 'last', count: 100 }],
    ['@15m', { kind: 'time', at: NOW - 900_000 }],
    ['@2026-02-28T12:00:00+01:00', { kind: 'time', at: Date.parse('2026-02-28T11:00:00Z') }],
    ['@1700000000000', { kind: 'time', at: 1_700_000_000_000 }],
  ]
  for (const [text, position] of good) it(`reads ${text}`, () => expect(parse(text)).to.deep.equal(position))

  const bad: Array<[text: string, message: RegExp, suggestion: string]> = [
    ['begin', /not a position/, '--from @15m'],
    ['15m', /time after @/, '--from @15m'],
    ['2026-02-28', /time after @/, '--from @2026-02-28'],
    ['@noon', /names no time/, '--from @15m'],
    ['@2026-02-28T12:00:00', /names no time/, '--from @15m'],
    ['1.5', /not a position/, '--from @15m'],
    ['', /not a position/, '--from @15m'],
  ]
  for (const [text, message, suggestion] of bad) {
    it(`refuses "${text}" and says what to type`, () => {
      const error = refusal(text)
      expect(error.code).to.equal('SHITOPS_E_POSITION')
      expect(error.exit).to.equal(2)
      expect(error.message).to.match(message)
      expect(error.suggestions[0]).to.equal(suggestion)
    })
  }

  it('law: any text is a position or refused by its code', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constantFrom('@', '-', '--5', '@-', '+5')), (text) => {
        try {
          return 'kind' in parse(text)
        } catch (error) {
          return error instanceof ShitopsError && error.code === 'SHITOPS_E_POSITION'
        }
      }),
    )
  })
})

function refusal(text: string): ShitopsError {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof ShitopsError) return error
  }
  throw new Error(`"${text}" was not refused`)
}
