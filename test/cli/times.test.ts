import { expect } from 'chai'
import { isoTime } from '../../src/base/instant.ts'
import type { RecordBatch } from '../../src/bus/bus.ts'
import { ByteBuffer } from '../../src/bus/envelope/byte-buffer.ts'
import { rewriter } from '../../src/bus/ops/replay/rewrite.ts'
import { RECORD_OUTPUTS, recordFormat } from '../../src/cli/record-format/format.ts'
import { formatTime } from '../../src/cli/times.ts'

/** As a producer writes it that counts in nanoseconds. */
const NANOSECONDS = 1_769_850_000_000_000_000

describe('a time for which there is no date', () => {
  it('is shown as the number that it is', () => {
    expect(isoTime(NANOSECONDS)).to.equal('1769850000000000000')
    expect(formatTime(NANOSECONDS, true)).to.equal('1769850000000000000')
    expect(formatTime(-8.64e15, false)).to.equal('-8640000000000000')
    expect(formatTime(1_769_850_000_123, true)).to.equal('2026-01-31 09:00:00.123Z')
    expect(isoTime(-1)).to.equal('1969-12-31T23:59:59.999Z')
  })

  const record = { topic: 't', partition: 0, offset: 3, timestamp: NANOSECONDS, key: null, value: Buffer.from('v'), headers: [] }

  it('ends no output', async () => {
    const fields = { key: () => null, value: () => record.value, headers: () => [], timestamp: () => NANOSECONDS, offset: () => 3 }
    const batch = { topic: 't', partition: 0, ...fields, record: () => record } as unknown as RecordBatch
    for (const output of RECORD_OUTPUTS) {
      const format = await recordFormat({ output, topics: false, header: false, utc: false })
      const out = new ByteBuffer()
      format.add(out, batch, 0)
      expect(String(out.view()), output).to.include(output === 'raw' ? 'v' : '1769850000000000000')
    }
  })

  it('ends no replay that moves times', () => {
    expect(rewriter({ time: (timestamp) => timestamp + 5 })(record).timestamp).to.equal(NANOSECONDS + 5)
  })
})
