import { expect } from 'chai'
import { compile, compiled, TEXTS } from '../../../scripts/wasm.ts'

describe('WebAssembly that is committed', () => {
  for (const text of TEXTS) {
    it(`is what ${text} says`, async () => {
      expect(await compiled(text)).to.equal(await compile(text))
    })
  }
})
