import { expect } from 'chai'
import fc from 'fast-check'
import { parsePosition, positionText, TOPIC_CODES } from '../../../src/server/feed/position.ts'
import { FED_TOPICS } from '../../../src/server/feed/topics.ts'

describe('a place in the stream', () => {
  it('is the same after it was text', () => {
    const offsets = fc.array(fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }), { minLength: 1, maxLength: 20 })
    const positions = fc.dictionary(fc.constantFrom(...Object.keys(TOPIC_CODES)), offsets)
    fc.assert(
      fc.property(positions, (position) => {
        const text = positionText(new Map(Object.entries(position)))
        expect(text).to.match(/^[a-z0-9.-]*$/)
        expect(Object.fromEntries(parsePosition(text) ?? [])).to.deep.equal({ ...position })
      }),
    )
  })

  it('is undefined for any text that is none, and never throws', () => {
    for (const text of ['al', 'al.', 'al.-1', 'al.1-', 'AL.1', 'al.1-al.2', 'al.1 ', '{}', 'al.zzzzzzzzzzzz', 'x'.repeat(10_000)]) {
      expect(parsePosition(text), text).to.equal(undefined)
    }
    fc.assert(fc.property(fc.string(), (text) => void parsePosition(text)))
  })

  it('passes over topics that it does not know: a newer server may have given it', () => {
    expect([...(parsePosition('zz.1.2-al.a') ?? [])]).to.deep.equal([['alerts', [10]]])
  })

  it('has a code for every topic that is read, and each but once', () => {
    expect(FED_TOPICS.filter(({ topic }) => !TOPIC_CODES[topic])).to.deep.equal([])
    expect(new Set(Object.values(TOPIC_CODES)).size).to.equal(Object.keys(TOPIC_CODES).length)
  })
})
