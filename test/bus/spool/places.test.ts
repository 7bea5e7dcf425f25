import { expect } from 'chai'
import { Places } from '../../../src/bus/spool/places.ts'

const place = (baseOffset: number) => ({ topic: 't', partition: 0, baseOffset, count: 1 })

describe('where forwarded entries went', () => {
  it('is told once', () => {
    const places = new Places()
    places.add([
      [3, place(30)],
      [4, place(31)],
    ])
    expect(places.take(3, 5)).to.deep.equal([place(30), place(31)])
    expect(places.take(3, 5)).to.deep.equal([])
  })

  it('a refusal of one of them is thrown, once', () => {
    const places = new Places()
    places.add([[3, place(30)]])
    places.refuse(4, new Error('too large'))
    expect(() => places.take(3, 5)).to.throw('too large')
    expect(places.take(3, 5)).to.deep.equal([])
  })

  it('what nobody asked for is forgotten', () => {
    const places = new Places()
    places.add([1, 2, 3].map((offset) => [offset, place(offset)] as const))
    places.refuse(2, new Error('no'))
    places.forget(3)
    expect(places.take(1, 4)).to.deep.equal([place(3)])
  })
})
