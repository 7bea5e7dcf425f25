import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deserialize, serialize } from 'node:v8'
import { expect } from 'chai'
import { ShitopsError } from '../../../src/base/errors.ts'
import type { RecordMeta } from '../../../src/query/compile/scan-code.ts'
import { SqlRuntimeError } from '../../../src/query/expr/sql-runtime-error.ts'
import type { Row, RowKind } from '../../../src/query/operators/operator.ts'
import { build, type Pipeline } from '../../../src/query/run/build.ts'
import { loadPipeline, savePipeline } from '../../../src/query/run/pipeline-state.ts'
import { filesAt, runFiles } from '../../../src/query/run/run-files.ts'
import type { PlannedQuery, ScriptSession } from '../../../src/query/script/script-session.ts'
import { planScript } from '../../support/query.ts'
import { type QueryCase, readQueryCases } from '../cases/read.ts'

/** What a pipeline took in, in order: a line of a scan, or the end of one. */
type Step = { scan: number; line: Buffer; meta: RecordMeta } | { scan: number; end: true }

interface Given {
  kind: RowKind
  row: Row
}

/** Saved and loaded at every row, through the bytes of a snapshot, a query gives what it gives when it is left alone. */
describe('query: state', function () {
  this.timeout(120_000)
  for (const each of readQueryCases()) {
    if (each.refused !== undefined) continue
    it(`${each.id}, with a time to live`, async () => {
      const run = await recorded({ ...each, script: `SET 'table.exec.state.ttl' = '7 s';\n${each.script}` })
      if (run) expect(replayed(run.planned, run.steps, () => true)).to.deep.equal(run.given)
    })
    it(each.id, async () => {
      const run = await recorded(each)
      if (!run) return
      const { planned, steps, given } = run
      expect(
        replayed(planned, steps, () => true),
        'at every row',
      ).to.deep.equal(given)
      // One cut alone in the middle: the chain above covers every row.
      const middle = Math.floor(steps.length / 2)
      for (const at of new Set([1, middle, steps.length - 1]))
        expect(
          replayed(planned, steps, (i) => i === at),
          `at row ${at}`,
        ).to.deep.equal(given)
    })
  }
})

interface Planned {
  query: PlannedQuery
  session: ScriptSession
}

/** Runs a case once as it is; undefined where it is refused or fails on the way. */
async function recorded(each: QueryCase): Promise<{ planned: Planned; steps: Step[]; given: Given[] } | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'shitops-state-'))
  try {
    let text = each.script
    for (const [name, lines] of Object.entries(each.inputs)) {
      writeFileSync(join(folder, name), lines)
      text = text.replaceAll(`\${${name}}`, join(folder, name))
    }
    const planned = planScript(text)
    const given: Given[] = []
    const pipeline = pipelineOf(planned, given)
    const steps: Step[] = []
    for (const [scan, input] of pipeline.scans.entries()) {
      const take = input.take.bind(input)
      input.take = (bytes, start, end, meta) => {
        steps.push({ scan, line: Buffer.from(bytes.subarray(start, end)), meta: { ...meta } })
        return take(bytes, start, end, meta)
      }
      const finish = input.watermarks.end.bind(input.watermarks)
      input.watermarks.end = () => {
        steps.push({ scan, end: true })
        finish()
      }
    }
    await runFiles(pipeline, { filesOf: (scan) => filesAt(scan.table.options.get('path') ?? ''), onBad: () => {} })
    return { planned, steps, given }
  } catch (error) {
    if (error instanceof ShitopsError || error instanceof SqlRuntimeError) return undefined
    throw error
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function pipelineOf({ query, session }: Planned, given: Given[]): Pipeline {
  return build(query.plan, { row: (kind, row) => given.push({ kind, row }), watermark: () => {} }, { session: session.session })
}

/** The same input again; where `cut` says so another pipeline goes on with the state of the one before. */
function replayed(planned: Planned, steps: readonly Step[], cut: (step: number) => boolean): Given[] {
  const given: Given[] = []
  let pipeline = pipelineOf(planned, given)
  for (const values of pipeline.values) values.run()
  for (const [i, step] of steps.entries()) {
    if (cut(i)) {
      const state: unknown = deserialize(serialize(savePipeline(pipeline)))
      const before = given.length
      pipeline = pipelineOf(planned, given)
      // As a job does that takes over: constant rows come again, and what they give is dropped.
      for (const values of pipeline.values) values.run()
      given.length = before
      loadPipeline(pipeline, state)
    }
    const input = pipeline.scans[step.scan]
    if ('end' in step) input?.watermarks.end()
    else input?.take(step.line, 0, step.line.length, step.meta)
  }
  return given
}
