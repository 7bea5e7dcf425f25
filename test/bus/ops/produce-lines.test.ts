import { expect } from 'chai'
import fc from 'fast-check'
import type { Bus } from '../../../src/bus/bus.ts'
import { fillFrom, produceLines } from '../../../src/bus/ops/produce-lines.ts'

/** A bus that keeps the values, with or without a way for lines. */
function keeper(values: string[], withLines: boolean): Bus {
  const append = async (topic: string, records: ReadonlyArray<{ value: Buffer }>) => {
    for (const { value } of records) values.push(value.toString('latin1'))
    return [{ topic, partition: 0, baseOffset: 0, count: records.length }]
  }
  const appendLines = async (topic: string, lines: Buffer) => {
    const text = lines.toString('latin1')
    const found = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
    values.push(...found)
    return [{ topic, partition: 0, baseOffset: 0, count: found.length }]
  }
  return { append, ...(withLines ? { appendLines } : {}) } as unknown as Bus
}

async function* cutUp(bytes: Buffer, step: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step)
}

describe('lines as they are', () => {
  const request = { topic: 't', key: null, signal: new AbortController().signal }

  it('law: each line is a value, wherever the input is cut, and however long a line is', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 200 }) }, fc.integer({ min: 0, max: 3 << 20 })), {
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 2 << 20 }),
        fc.boolean(),
        fc.boolean(),
        async (sizes, step, closed, withLines) => {
          const lines = sizes.map((size, i) => String.fromCharCode(0xe0 + i).repeat(size))
          const text = lines.join('\n') + (closed && lines.length > 0 ? '\n' : '')
          const wanted = text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
          const bytes = Buffer.from(text, 'latin1')
          const fill = () => fillFrom(cutUp(bytes, Math.max(step, bytes.length >> 8)))
          const values: string[] = []
          expect(await produceLines(keeper(values, withLines), { ...request, fill: fill() })).to.equal(wanted.length)
          expect(values.length === wanted.length && values.every((value, i) => value === wanted[i])).to.equal(true)
          expect(await produceLines(keeper(values, withLines), { ...request, fill: fill(), dryRun: true })).to.equal(wanted.length)
          expect(values.length).to.equal(wanted.length)
        },
      ),
      { numRuns: 40 },
    ))

  it('a line without end is refused before it fills the memory', async () => {
    const endless = fillFrom(cutUp(Buffer.alloc(140 << 20, 'x'), 1 << 20))
    const error = await produceLines(keeper([], true), { ...request, fill: endless }).catch((reason: unknown) => reason)
    expect((error as { code?: string }).code).to.equal('SHITOPS_E_RECORD_INVALID')
  })

  it('a failing bus ends it', async () => {
    const bus = { append: () => Promise.reject(new Error('no')) } as unknown as Bus
    const error = await produceLines(bus, { ...request, fill: fillFrom(cutUp(Buffer.from('a\nb\n'), 2)) }).catch(
      (reason: unknown) => reason,
    )
    expect(String(error)).to.include('no')
  })
})
