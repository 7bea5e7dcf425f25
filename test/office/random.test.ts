import { expect } from 'chai'
import fc from 'fast-check'
import { random } from '../../src/office/random.ts'

const draw = (seed: number, name: string) => {
  const dice = random(seed, name)
  return Array.from({ length: 20 }, () => dice.next())
}

describe('random', () => {
  it('gives the same numbers for the same seed and name, and others for another', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.string(), (seed, other, name) => {
        expect(draw(seed, name)).to.deep.equal(draw(seed, name))
        if (other !== seed) expect(draw(seed, name)).not.to.deep.equal(draw(other, name))
        expect(draw(seed, name)).not.to.deep.equal(draw(seed, `${name}'`))
      }),
    )
  })

  it('gives these numbers on every machine and Node version', () => {
    const dice = random(1, 'calls')
    expect([dice.int(0, 1_000_000), dice.int(0, 1_000_000), dice.int(0, 1_000_000)]).to.deep.equal([264333, 246584, 680728])
  })

  it('keeps to its bounds', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: -1000, max: 1000 }), fc.nat(1000), (seed, from, span) => {
        const dice = random(seed, 'bounds')
        for (let i = 0; i < 20; i++) {
          expect(dice.next()).to.be.within(0, 1 - 2 ** -32)
          expect(dice.int(from, from + span)).to.be.within(from, from + span)
          if (span > 0)
            expect(dice.between(from, from + span))
              .to.be.at.least(from)
              .and.below(from + span)
        }
      }),
    )
  })

  it('shuffles without losing or inventing anything', () => {
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.nat()), (seed, items) => {
        expect(random(seed, 'deck').shuffle(items)).to.have.members(items).and.length(items.length)
      }),
    )
  })
})
