import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { collectAll } from '../../src/cli/small-heap.ts'
import { TSX } from '../support/tsx.ts'

const MODULE = fileURLToPath(new URL('../../src/cli/small-heap.ts', import.meta.url))

/** Bytes of the young generation of a process in which 100 MB of objects last for a while, as a collection of it shows them. */
function youngBytes(preparation: string): number {
  const program = `
    import { getHeapSpaceStatistics } from 'node:v8'
    import { keepYoungGenerationSmall } from ${JSON.stringify(MODULE)}
    ${preparation}
    const lasting = []
    for (let turn = 0; turn < 400; turn++) {
      for (let i = 0; i < 2_000; i++) lasting.push({ turn, i, list: [turn, i, turn, i, turn, i, turn, i] })
      if (lasting.length > 100_000) lasting.splice(0, 50_000)
      await new Promise(setImmediate)
    }
    console.log(getHeapSpaceStatistics().find((space) => space.space_name === 'new_space').space_size)`
  return Number(execFileSync(process.execPath, ['--import', TSX, '--input-type=module', '-e', program], { encoding: 'utf8' }))
}

describe('the heap of a process that keeps nothing', () => {
  it('has a young generation of half the size', function () {
    this.timeout(120_000)
    const usual = youngBytes('')
    const small = youngBytes('keepYoungGenerationSmall()')
    expect(small)
      .to.be.below(usual)
      .and.within(4 << 20, 18 << 20)
  })
})

describe('all garbage', () => {
  it('is collected when that is asked for, also in the old generation', async () => {
    const held = new WeakRef(Array.from({ length: 1_000 }, (_, i) => ({ i })))
    // A WeakRef is not let go of in the turn in which it was made.
    await new Promise(setImmediate)
    await collectAll()
    expect(held.deref()).to.equal(undefined)
  })

  it('leaves no gc in the way of others', async () => {
    await collectAll()
    expect(globalThis).not.to.have.property('gc')
  })
})
