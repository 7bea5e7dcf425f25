import { expect } from 'chai'
import type { MirrorReport } from '../../../src/bus/kafka/mirror/report.ts'
import { exitOfMirror, formatMirror } from '../../../src/cli/topics/mirror-check.ts'

const FLAGS = { output: 'table', 'no-header': false, 'no-trunc': true } as const

const report: MirrorReport = {
  naming: { source: 'A', target: 'B', policy: 'default', separator: '.' },
  silentMs: 1_400,
  topics: [
    { topic: 'gone', mirror: 'A.gone', partitions: null },
    {
      topic: 'orders',
      mirror: 'A.orders',
      partitions: [
        { partition: 0, latest: 1_200, mirrored: 1_150, lag: 50, behindMs: 900 },
        { partition: 1, latest: 7, mirrored: null, lag: null, behindMs: null },
      ],
    },
  ],
  groups: [
    { group: 'desk', topic: 'orders', partition: 0, committed: 1_000, translated: 900, synced: 900, again: 100 },
    { group: 'late', topic: 'orders', partition: 0, committed: 10, translated: null, synced: null, again: null },
  ],
  findings: [
    { problem: 'topic-missing', severity: 'error', subject: 'gone', message: 'gone has no mirror', advice: 'add it' },
    { problem: 'lag-unknown', severity: 'warning', subject: 'orders/1', message: 'not known', advice: 'look' },
  ],
}

describe('how the mirror check is shown', () => {
  it('partitions, groups, findings; what is unknown is not 0', () => {
    expect(formatMirror(report, FLAGS, {})).to.equal(`A -> B, last sign of life 1 s ago

TOPIC   MIRROR    PARTITION  LATEST  MIRRORED      LAG  BEHIND MS
gone    missing           -       -         -        -          -
orders  A.orders          0    1200      1150       50        900
orders  A.orders          1       7         -  unknown          -

GROUP  TOPIC   PARTITION  COMMITTED  TRANSLATED  SYNCED  READ AGAIN
desk   orders          0       1000         900     900         100
late   orders          0         10         not       -     unknown

error: gone has no mirror
  add it
warning: not known
  look
1 error, 1 warning
`)
    expect(exitOfMirror(report)).to.equal(3)
  })

  it('nothing found says so, with 0', () => {
    const clean = { ...report, silentMs: null, topics: [], groups: [], findings: [] }
    expect(formatMirror(clean, FLAGS, {})).to.equal('A -> B, no sign of life\n\nNothing found.\n')
    expect(exitOfMirror(clean)).to.equal(0)
  })

  it('JSON is the report, NDJSON a line a partition', () => {
    expect(JSON.parse(formatMirror(report, { ...FLAGS, output: 'json' }, {}))).to.deep.equal(report)
    const lines = formatMirror(report, { ...FLAGS, output: 'ndjson' }, {})
      .trimEnd()
      .split('\n')
    expect(lines.map((line) => JSON.parse(line).lag)).to.deep.equal([null, 50, null])
  })
})
