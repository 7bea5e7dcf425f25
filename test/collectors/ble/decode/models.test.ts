import { expect } from 'chai'
import { cloneOf, knownModels, modelOf, UNKNOWN_MODEL } from '../../../../src/collectors/ble/decode/models.ts'

describe('the models', () => {
  it('are 14 AirPods and 15 Beats, each with an id and a name of its own', () => {
    expect(knownModels.filter(({ isAirPods }) => isAirPods)).to.have.length(14)
    expect(knownModels).to.have.length(29)
    expect(new Set(knownModels.map(({ id }) => id))).to.have.length(29)
    expect(new Set(knownModels.map(({ model }) => model))).to.have.length(29)
  })

  it('are found by their ids', () => {
    for (const model of knownModels) expect(modelOf(model.id)).to.equal(model)
  })

  it('know Beats Studio 3 by the first byte alone', () => {
    for (const second of [0x00, 0x20, 0xff]) expect(modelOf(0x0900 | second).model).to.equal('beats_studio_3')
  })

  it('leave every other id unknown', () => {
    const known = new Set(knownModels.map(({ id }) => id))
    for (let id = 0; id < 0x1_0000; id++) {
      if (!known.has(id) && id >> 8 !== 0x09) expect(modelOf(id)).to.equal(UNKNOWN_MODEL)
    }
  })

  it('name clones after what they imitate', () => {
    expect(cloneOf(modelOf(0x0e20))).to.include({ model: 'fake_airpods_pro', layout: 'dual' })
    expect(cloneOf(UNKNOWN_MODEL)).to.equal(UNKNOWN_MODEL)
  })
})
