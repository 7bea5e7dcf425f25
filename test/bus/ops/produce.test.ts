import { expect } from 'chai'
import fc from 'fast-check'
import type { ShitopsError } from '../../../src/base/errors.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { linesOf } from '../../../src/bus/ops/lines.ts'
import { type ProduceRequest, produce } from '../../../src/bus/ops/produce.ts'
import { thrownBy } from '../../support/thrown-by.ts'
import { codeOf, never, TestBus, TestClock, until } from './support.ts'

async function* chunks(...parts: Array<string | Buffer>) {
  yield* parts
}

const lineOf = (value: unknown, more: object = {}) =>
  `${JSON.stringify({ key: 'k', timestamp: 1_700_000_000_000, headers: {}, value, ...more })}\n`

describe('produce', () => {
  const test = new TestBus()
  beforeEach(() => test.open())
  afterEach(() => test.bus.close())
  after(() => test.close())
  let n = 0
  const topic = (partitions = 1) => test.topic(`t${n++}`, partitions)

  function run(name: string, input: AsyncIterable<string | Buffer>, more: Partial<ProduceRequest> = {}, bus: Bus = test.bus) {
    const problems: string[] = []
    const request: ProduceRequest = {
      topic: name,
      input,
      onError: 'stop',
      pace: { kind: 'max' },
      signal: never,
      clock: new TestClock(),
      onInvalid: (message) => problems.push(message),
      ...more,
    }
    return { problems, done: produce(bus, request) }
  }

  const noOdd: ProduceRequest['validate'] = ({ value }) =>
    JSON.parse(String(value)).n % 2 === 1 ? { field: 'value.n', problem: 'must be even' } : undefined

  it('writes each line as a record, in order, wherever the input is cut', async () => {
    const name = await topic()
    const text = Buffer.from(Array.from({ length: 50 }, (_, i) => lineOf({ i, text: 'ü€' })).join(''))
    const parts = Array.from({ length: Math.ceil(text.length / 37) }, (_, i) => text.subarray(i * 37, (i + 1) * 37))
    expect(await run(name, chunks(...parts)).done).to.deep.equal({ topic: name, written: 50, invalid: 0 })
    expect((await test.values(name)).map((value) => JSON.parse(value).i)).to.deep.equal(Array.from({ length: 50 }, (_, i) => i))
  })

  it('tells how many records are there when the bus takes no more', async () => {
    const name = await topic()
    const full: Bus = Object.create(test.bus)
    let appends = 0
    full.append = (to, records) => (++appends > 2 ? Promise.reject(new Error('full')) : test.bus.append(to, records))
    const told: number[] = []
    const input = chunks(Array.from({ length: 20_000 }, (_, i) => lineOf(i)).join(''))
    const failed = codeOf(run(name, input, { onFailure: (written) => told.push(written) }, full).done)
    expect(await failed).to.not.equal('none')
    expect(told).to.deep.equal([(await test.values(name)).length])
    expect(told[0]).to.be.above(0)
  })

  it('names what helps: a value that does not fit may pass unchecked, a line that is no record may be text', async () => {
    const name = await topic()
    const tried = async (line: string) => (await thrownBy(() => run(name, chunks(line), { validate: noOdd }).done)) as ShitopsError
    expect((await tried(lineOf({ n: 1 }))).suggestions).to.contain('--no-validate')
    expect((await tried('plain text\n')).suggestions.join())
      .to.contain('--raw')
      .and.not.contain('--no-validate')
  })

  it('takes a last line without a line break, and skips blank ones', async () => {
    const name = await topic()
    await run(name, chunks('\n', lineOf(1), '\r\n  \n', lineOf(2).trimEnd())).done
    expect(await test.values(name)).to.deep.equal(['1', '2'])
  })

  it('keeps key, time and headers', async () => {
    const name = await topic()
    await run(name, chunks('{"key":null,"value":null,"timestamp":5,"headers":{"a":["1","2"]}}\n{"keyBase64":"/w==","value":1.50}')).done
    const [first, second] = await test.all(name)
    expect(first).to.deep.include({ key: null, value: null, timestamp: 5 })
    expect(first?.headers.map(([header, value]) => [header, String(value)])).to.deep.equal([
      ['a', '1'],
      ['a', '2'],
    ])
    expect([second?.key?.toString('hex'), String(second?.value)]).to.deep.equal(['ff', '1.50'])
  })

  it('stops at the first invalid record with the good ones before it written', async () => {
    const name = await topic()
    const { done } = run(name, chunks(...[0, 2, 4, 5, 6].map((i) => lineOf({ n: i }))), { validate: noOdd })
    const error: ShitopsError = await done.then(
      () => expect.fail('it went through'),
      (failure) => failure,
    )
    expect(error).to.include({ code: 'SHITOPS_E_RECORD_INVALID', exit: 1 })
    expect(error.message).to.equal('line 4: value.n: must be even (3 records before it were written)')
    expect(await test.values(name)).to.have.length(3)
  })

  it('leaves invalid records out with onError skip, saying which', async () => {
    const name = await topic()
    const { done, problems } = run(name, chunks(lineOf({ n: 0 }), 'nonsense\n', lineOf({ n: 1 }), lineOf({ n: 2 })), {
      validate: noOdd,
      onError: 'skip',
    })
    expect(await done).to.include({ written: 2, invalid: 2 })
    expect(problems).to.deep.equal(['line 2: not JSON: nonsense', 'line 3: value.n: must be even'])
    expect(await test.bus.listTopics()).to.not.include(`${name}.dlq`)
  })

  it('keeps invalid records in the dead-letter topic with onError dlq', async () => {
    const name = await topic()
    const { done } = run(name, chunks(lineOf({ n: 0 }), 'nonsense\n', lineOf({ n: 1 }, { headers: { trace: 'x' } })), {
      validate: noOdd,
      onError: 'dlq',
    })
    expect(await done).to.include({ written: 1, invalid: 2 })
    const letters = await test.all(`${name}.dlq`)
    const headers = letters.map((letter) => Object.fromEntries(letter.headers.map(([header, value]) => [header, String(value)])))
    expect(letters.map(({ value }) => String(value))).to.deep.equal(['nonsense', '{"n":1}'])
    expect(headers[0]).to.include({ dlq_topic: name, dlq_reason: 'SHITOPS_E_RECORD_INVALID', dlq_message: 'line 2: not JSON: nonsense' })
    expect(headers[1]).to.include({ trace: 'x', dlq_topic: name, dlq_message: 'line 3: value.n: must be even' })
    expect([String(letters[1]?.key), letters[1]?.timestamp]).to.deep.equal(['k', 1_700_000_000_000])
  })

  it('writes nothing on a dry run, and finds the same faults', async () => {
    const name = await topic()
    const input = () => chunks(lineOf({ n: 0 }), lineOf({ n: 1 }), lineOf({ n: 2 }))
    expect(await run(name, input(), { dryRun: true, validate: noOdd, onError: 'dlq' }).done).to.include({ written: 2, invalid: 1 })
    expect(await codeOf(run(name, input(), { dryRun: true, validate: noOdd }).done)).to.equal('SHITOPS_E_RECORD_INVALID')
    expect(await test.values(name)).to.deep.equal([])
    expect(await test.bus.listTopics()).to.not.include(`${name}.dlq`)
  })

  it('makes records of bare values', async () => {
    const name = await topic()
    const ofValue = (value: string) => ({ key: `key-${JSON.parse(value)}`, value })
    await run(name, chunks('1\n2\n'), { ofValue }).done
    expect((await test.all(name)).map(({ key, value }) => `${key}=${value}`)).to.deep.equal(['key-1=1', 'key-2=2'])
    expect(await codeOf(run(name, chunks('{\n'), { ofValue }).done)).to.equal('SHITOPS_E_RECORD_INVALID')
  })

  it('keeps to a rate', async () => {
    const name = await topic()
    const clock = new TestClock()
    const began = clock.now()
    await run(name, chunks(...Array.from({ length: 101 }, (_, i) => lineOf(i))), { pace: { kind: 'rate', perSecond: 10 }, clock }).done
    expect(clock.now() - began).to.be.within(9_990, 10_010)
    expect(await test.values(name)).to.have.length(101)
  })

  it('stops at the signal with what it has taken written, and without the line it has half of', async () => {
    const name = await topic()
    const stop = new AbortController()
    async function* input() {
      yield `${lineOf(1)}${lineOf(2)}{"val`
      await until('the first two', async () => (await test.values(name)).length === 2)
      stop.abort()
      await new Promise(() => {})
    }
    expect(await run(name, input(), { signal: stop.signal }).done).to.include({ written: 2 })
  })

  it('passes on what the bus says', async () => {
    expect(await codeOf(run('nowhere', chunks(lineOf(1))).done)).to.equal('SHITOPS_E_TOPIC_UNKNOWN')
  })
})

describe('lines of a stream', () => {
  it('law: are the lines of the text, however it is cut', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, '').trim())
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.array(fc.nat(50)), async (lines, cuts) => {
        const text = Buffer.from(lines.join('\n'))
        const parts: Buffer[] = []
        let at = 0
        for (const cut of cuts) {
          parts.push(text.subarray(at, at + cut))
          at = Math.min(text.length, at + cut)
        }
        parts.push(text.subarray(at))
        const found: Array<[number, string]> = []
        for await (const group of linesOf(chunks(...parts))) for (const { number, text: read = '' } of group) found.push([number, read])
        const expected = lines.map((source, i): [number, string] => [i + 1, source]).filter(([, source]) => source !== '')
        expect(found).to.deep.equal(expected)
      }),
    )
  })

  it('that are not UTF-8 are named', async () => {
    const found: object[] = []
    for await (const group of linesOf(chunks(Buffer.from([0x61, 0x0a, 0xff, 0x0a])))) found.push(...group)
    expect(found).to.deep.equal([
      { number: 1, text: 'a' },
      { number: 2, problem: 'not UTF-8' },
    ])
  })

  it('without end are refused before they fill the memory', async () => {
    async function* endless() {
      const chunk = Buffer.alloc(8 << 20, 'x')
      for (;;) yield chunk
    }
    const found: Array<{ problem?: string }> = []
    for await (const group of linesOf(endless())) found.push(...group)
    expect(found[0]?.problem).to.match(/longer than 64 MiB/)
  })
})
