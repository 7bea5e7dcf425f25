import { PassThrough, Writable } from 'node:stream'
import { expect } from 'chai'
import { formatBytes, formatCount, plural } from '../../src/cli/amounts.ts'
import { paceOf } from '../../src/cli/pace.ts'
import { recordFormat } from '../../src/cli/record-format/format.ts'
import { selectionOf } from '../../src/cli/selection.ts'
import { StreamSink } from '../../src/cli/stream-sink.ts'
import { formatTime } from '../../src/cli/times.ts'
import { specsOf } from '../../src/cli/topic-spec.ts'
import { batchOf } from '../bus/envelope/batch.ts'

describe('flags', () => {
  it('--speed and --rate', () => {
    expect(paceOf({})).to.deep.equal({ kind: 'max' })
    expect(paceOf({ speed: 'max' })).to.deep.equal({ kind: 'max' })
    for (const [speed, factor] of [
      ['1x', 1],
      ['10', 10],
      ['0.5x', 0.5],
      ['.25x', 0.25],
    ] as const) {
      expect(paceOf({ speed })).to.deep.equal({ kind: 'speed', factor })
    }
    for (const [rate, perSecond] of [
      ['100', 100],
      ['100/s', 100],
      ['30/m', 0.5],
      ['3600/h', 1],
    ] as const) {
      expect(paceOf({ rate })).to.deep.equal({ kind: 'rate', perSecond })
    }
    for (const speed of ['0x', '-1x', 'fast', 'x', '']) expect(() => paceOf({ speed }), speed).to.throw(/--speed/)
    for (const rate of ['0', '5/d', 'all', '', '-1']) expect(() => paceOf({ rate }), rate).to.throw(/--rate/)
  })

  it('of a selection: none looks at nothing, a value may hold an equals sign', () => {
    expect(selectionOf({}, 0)).to.equal(undefined)
    const matches = selectionOf({ header: ['a=b=c'] }, 0)
    expect(matches?.(batchOf([{ headers: [['a', Buffer.from('b=c')]] }]), 0)).to.equal(true)
    expect(() => selectionOf({ header: ['=x'] }, 0)).to.throw(/NAME=VALUE/)
  })

  it('of a topic: what is given wins over what is known, the rest stays', () => {
    const [alerts, other] = specsOf(['alerts', 'other', 'alerts'], { partitions: 7, config: ['retention.ms=1'] })
    expect(alerts).to.deep.equal({ name: 'alerts', partitions: 7, config: { 'cleanup.policy': 'compact', 'retention.ms': '1' } })
    expect(other).to.deep.equal({ name: 'other', partitions: 7, config: { 'retention.ms': '1' } })
    expect(specsOf(['alerts'], { replication: 3 })[0]).to.include({ partitions: 3, replication: 3 })
  })
})

describe('amounts', () => {
  it('are short for a person, the same in every locale', () => {
    expect([0, 1_023, 1_024, 1_536, 5 * 1024 ** 3].map(formatBytes)).to.deep.equal(['0 B', '1023 B', '1.0 KiB', '1.5 KiB', '5.0 GiB'])
    expect([0, 999, 1_000, 1_234_567].map(formatCount)).to.deep.equal(['0', '999', '1,000', '1,234,567'])
    expect([plural(1, 'record'), plural(2_000, 'record'), plural(0, 'record')]).to.deep.equal(['1 record', '2,000 records', '0 records'])
  })

  it('times in UTC are ISO 8601 with a space', () => {
    expect(formatTime(0, true)).to.equal('1970-01-01 00:00:00.000Z')
  })
})

describe('the sink of a stream', () => {
  const batch = batchOf([{ value: Buffer.from('1') }, { value: Buffer.from('2') }])
  const sinkOn = async (stream: Writable, output: 'raw' | 'json' = 'raw') =>
    new StreamSink(stream, await recordFormat({ output, topics: false, header: true, utc: true }))

  it('waits for a slow reader', async () => {
    const taken: Array<() => void> = []
    const sink = await sinkOn(new Writable({ write: (_chunk, _encoding, done) => taken.push(done) }))
    sink.add(batch, 0)
    let done = false
    const flushed = sink.flush().then(() => {
      done = true
    })
    await new Promise(setImmediate)
    expect(done).to.equal(false)
    taken[0]?.()
    await flushed
    expect(sink.pending).to.equal(0)
  })

  it('takes a reader that left for an end, and any other failure for a failure', async () => {
    const failing = (code: string) =>
      new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error(code), { code })) }).on('error', () => {})
    const left = await sinkOn(failing('EPIPE'))
    left.add(batch, 0)
    await left.flush()
    expect(left.closed).to.equal(true)
    const full = await sinkOn(failing('ENOSPC'))
    full.add(batch, 0)
    const failure = await full.flush().catch((error) => error)
    expect(failure).to.include({ code: 'SHITOPS_E_FILE' })
    expect(failure.message).to.contain('ENOSPC')
  })

  it('ends a document as valid JSON after a failure too', async () => {
    const stream = new PassThrough()
    const sink = await sinkOn(stream, 'json')
    sink.add(batch, 0)
    sink.add(batch, 1)
    await sink.end({ code: 'SHITOPS_E_BUS_UNAVAILABLE', message: 'gone', suggestions: [], exit: 69 })
    const document = JSON.parse(String(stream.read()))
    expect(document.records.map(({ value }: { value: number }) => value)).to.deep.equal([1, 2])
    expect(document.error.exit).to.equal(69)
  })
})
