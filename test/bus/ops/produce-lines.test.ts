import { expect } from 'chai'
import fc from 'fast-check'
import { untilAborted } from '../../../src/base/abort.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { LineGatherer, type LineTarget } from '../../../src/bus/line-gatherer.ts'
import { fillFrom, produceLines } from '../../../src/bus/ops/produce-lines.ts'

/** A bus that keeps the values, with or without a way for lines. */
function keeper(values: string[], withLines: boolean): Bus {
  const append = async (_topic: string, records: ReadonlyArray<{ value: Buffer }>) => {
    for (const { value } of records) values.push(value.toString('latin1'))
    return []
  }
  const appendLines = () => new LineGatherer(new SmallBlock(values))
  return { append, ...(withLines ? { appendLines } : {}) } as unknown as Bus
}

/** Takes three lines at most, two times at once. */
class SmallBlock implements LineTarget {
  readonly block = Buffer.alloc(50_000)
  readonly most = 2
  readonly #values: string[]

  constructor(values: string[]) {
    this.#values = values
  }

  take(from: number, end: number) {
    const text = this.block.toString('latin1', from, end)
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').slice(0, 3)
    this.#values.push(...lines)
    const written = new Promise<number>((resolve) => setImmediate(() => resolve(lines.length)))
    return { end: Math.min(end, from + lines.join('\n').length + 1), written }
  }

  async takeLong(line: Buffer) {
    this.#values.push(line.toString('latin1'))
    return 1
  }
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
          const input = () => fillFrom(cutUp(bytes, Math.max(step, bytes.length >> 8)))
          const values: string[] = []
          expect(await produceLines(keeper(values, withLines), { ...request, input })).to.equal(wanted.length)
          expect(values.length === wanted.length && values.every((value, i) => value === wanted[i])).to.equal(true)
          expect(await produceLines(keeper(values, withLines), { ...request, input, dryRun: true })).to.equal(wanted.length)
          expect(values.length).to.equal(wanted.length)
        },
      ),
      { numRuns: 40 },
    ))

  it('a line without end is refused before it fills the memory', async () => {
    const endless = fillFrom(cutUp(Buffer.alloc(140 << 20, 'x'), 1 << 20))
    const error = await produceLines(keeper([], true), { ...request, input: () => endless }).catch((reason: unknown) => reason)
    expect((error as { code?: string }).code).to.equal('SHITOPS_E_RECORD_INVALID')
  })

  it('a failing bus ends it', async () => {
    const bus = { append: () => Promise.reject(new Error('no')) } as unknown as Bus
    const error = await produceLines(bus, { ...request, input: () => fillFrom(cutUp(Buffer.from('a\nb\n'), 2)) }).catch(
      (reason: unknown) => reason,
    )
    expect(String(error)).to.include('no')
  })

  it('a line goes out when it has come, not when the block is full', async () => {
    const values: string[] = []
    let more = (_bytes: Buffer) => {}
    async function* trickle() {
      for (;;) yield await new Promise<Buffer>((resolve) => (more = resolve))
    }
    for (const withLines of [true, false]) {
      const stop = new AbortController()
      const written = produceLines(keeper(values, withLines), {
        ...request,
        signal: stop.signal,
        input: (signal) => fillFrom(untilAborted(trickle(), signal)),
      })
      await waitFor(() => more.length === 1)
      more(Buffer.from('one\ntw'))
      await waitFor(() => values.length === 1)
      stop.abort()
      expect(await written, 'what the stop cut in two is left out').to.equal(1)
      expect(values.splice(0)).to.deep.equal(['one'])
    }
  })

  it('a failing bus ends the wait for more input', async () => {
    const bus = { append: () => Promise.reject(new Error('no')) } as unknown as Bus
    async function* silent() {
      yield Buffer.from('a\n')
      await new Promise(() => {})
    }
    const input = (signal: AbortSignal) => fillFrom(untilAborted(silent(), signal))
    const error = await produceLines(bus, { ...request, input }).catch((reason: unknown) => reason)
    expect(String(error)).to.include('no')
  })
})

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate)
}
