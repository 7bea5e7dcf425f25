import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import type { AggregateCall } from '../../src/query/aggregates/aggregate.ts'
import { compileAggregates } from '../../src/query/aggregates/compile.ts'
import { FLINK_FUNCTIONS, flinkUdfJar, missingForUdf } from '../support/flink/udf.ts'

const MAIN = resolve('deploy/flink-udf/src/main/java/shitops/flink')
const PRINT = resolve('deploy/flink-udf/src/test/java/shitops/flink/PrintFolds.java')
const DOUBLE = { kind: 'DOUBLE', nullable: true } as const
const call = (fn: string, args: number[], constants: Record<number, unknown> = {}): AggregateCall => {
  return { fn, args, argTypes: args.map(() => DOUBLE), type: DOUBLE, constants }
}
const CALLS = [
  call('EWMA', [0, 1], { 1: 0.3 }),
  call('ROBUST_Z', [0]),
  call('CORR_LAG', [0, 1, 1], { 2: 2 }),
  call('FORECAST', [0, 1], { 1: 3 }),
  call('FORECAST', [0, 1, 1, 1], { 1: 5, 2: 0.99, 3: 7 }),
]
const SERIES: Array<[number, number]> = Array.from({ length: 1500 }, (_, i) => {
  return [Math.round(1e4 * Math.sin(i / 5)) / 1e3 + ((i * 7919) % 101) / 7, ((i * 104_729) % 97) - (i % 7)]
})

describe('own functions for Flink', function () {
  this.timeout(120_000)
  const folder = mkdtempSync(join(tmpdir(), 'flink-udf-'))
  after(() => rmSync(folder, { recursive: true }))
  before(function () {
    if (spawnSync('javac', ['-version']).error) this.skip()
    execFileSync('javac', ['-d', folder, join(MAIN, 'Folds.java'), join(MAIN, 'Rows.java'), PRINT])
  })

  for (const frame of [0, 50]) {
    it(`say the same in Java and here, over ${frame === 0 ? 'all rows' : `the last ${frame} rows`}`, () => {
      const input = SERIES.map((row) => row.join(' ')).join('\n')
      const printed = execFileSync('java', ['-cp', folder, 'shitops.flink.PrintFolds', String(frame)], { input, encoding: 'utf8' })
      const java = printed
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      const aggregates = compileAggregates(CALLS, { retract: frame > 0, merge: false })
      const acc = aggregates.create()
      expect(java).to.have.length(SERIES.length)
      for (const [i, row] of SERIES.entries()) {
        aggregates.add(acc, row)
        if (frame > 0 && i >= frame) aggregates.retract(acc, SERIES[i - frame] as [number, number])
        const own: unknown[] = []
        aggregates.results(acc, own)
        const [theirs, ours] = [java[i].flat(), own.flat()]
        for (const [k, value] of theirs.entries()) {
          // Math.log may differ in its last digit.
          if (typeof value === 'number') expect(ours[k], `row ${i}, result ${k}`).to.be.closeTo(value, 1e-11 * Math.max(1, Math.abs(value)))
          else expect(ours[k], `row ${i}, result ${k}`).to.equal(value)
        }
      }
    })
  }

  it('are built by Maven', async function () {
    this.timeout(300_000)
    if (missingForUdf() !== null) this.skip()
    const names = execFileSync('jar', ['tf', await flinkUdfJar()], { encoding: 'utf8' }).split('\n')
    for (const name of Object.values(FLINK_FUNCTIONS)) expect(names).to.include(`shitops/flink/${name}.class`)
  })
})
