import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import type { Logger } from '../../../src/base/log.ts'
import { silentLogger } from '../../../src/base/log.ts'
import { columnsOf, splitFields } from '../../../src/cli/series/csv-columns.ts'
import { emptySummary, type ScoredRow, scoreRows, tellSummary } from '../../../src/cli/anomaly/score.ts'
import { csvLines, ndjsonLines } from '../../../src/cli/anomaly/score-lines.ts'
import { parseTimestamp } from '../../../src/cli/series/timestamp.ts'

describe('anomaly score', () => {
  const folder = mkdtempSync(join(tmpdir(), 'anomaly-'))
  after(() => rmSync(folder, { recursive: true }))

  async function score(text: string, explain = false, columns: string[] = []) {
    const file = join(folder, 'series.csv')
    writeFileSync(file, text)
    const said: string[] = []
    const note = (line: string) => said.push(line)
    const logger = { ...silentLogger, warn: note, info: note } as Logger
    const summary = emptySummary()
    const rows: ScoredRow[] = []
    let names: readonly string[] = []
    const tell = (found: readonly string[]) => {
      names = found
    }
    const options = { file, explain, utcOffsetMinutes: 0, columns }
    for await (const some of scoreRows(options, summary, logger, new AbortController().signal, tell)) rows.push(...some)
    tellSummary(summary, logger)
    return { rows, summary, said, names }
  }

  it('gives a prefix of the file the same scores, whatever stands in it', async () => {
    const field = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.integer({ min: 0, max: 9 }).map(String),
      fc.constantFrom('', 'NaN', 'x', '1e999', '"7"', 'a,b'),
    )
    const time = fc.oneof(fc.integer({ min: 0, max: 2e9 }).map(String), fc.constantFrom('', 'yesterday', '2026-01-31 10:00:00'))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(time, field), { maxLength: 80 }), fc.nat(80), async (rows, cut) => {
        const lines = rows.map((row) => row.join(','))
        const whole = await score(['timestamp,value', ...lines].join('\n'))
        const part = await score(['timestamp,value', ...lines.slice(0, cut)].join('\n'))
        expect(part.rows).to.deep.equal(whole.rows.slice(0, part.rows.length))
        for (const { anomaly_score } of whole.rows) expect(anomaly_score).to.be.within(0, 1)
      }),
      { numRuns: 40 },
    )
  })

  it('names bad rows with their line, scores them 0, and is not taught by them', async () => {
    const good = Array.from({ length: 60 }, (_, i) => `${1_700_000_000 + 60 * i},${(i * 7) % 5}`)
    const { rows, said, summary } = await score(['t,v', ...good.slice(0, 50), '1700003001,huge', 'never,3', ...good.slice(50)].join('\n'))
    const clean = await score(['t,v', ...good].join('\n'))
    expect(said.filter((line) => line.startsWith('line '))).to.deep.equal([
      'line 52: "huge" is no finite number; its score is 0',
      'line 53: "never" is no timestamp; its score is 0',
    ])
    expect(rows.slice(50, 52).map(({ anomaly_score }) => anomaly_score)).to.deep.equal([0, 0])
    expect(rows.filter((_, i) => i < 50 || i > 51)).to.deep.equal(clean.rows)
    expect(summary).to.include({ rows: 62, bad: 2 })
  })

  it('counts what is missing, and times that stand still or go back', async () => {
    const { summary, said } = await score('time,value\n2026-01-31,1\n2026-01-31,\n2026-01-31,NaN\n2026-01-31,2\n2026-01-30,3\n')
    expect(summary).to.deep.equal({ rows: 5, alarms: 0, missing: 2, bad: 0, notInOrder: 2 })
    expect(said.at(-1)).to.contain('2 without a value').and.to.contain('2 not later than the row before')
  })

  it('takes an empty file, and one with a header alone', async () => {
    for (const text of ['', '\n\n', 'timestamp,value\n', '\uFEFFtimestamp,value\r\n']) {
      const { rows, said } = await score(text)
      expect(rows).to.deep.equal([])
      expect(said[0]).to.equal('there are no rows')
    }
  })

  it('fails with a code where there is no file', async () => {
    const rows = scoreRows(
      { file: join(folder, 'none.csv'), explain: false, utcOffsetMinutes: 0 },
      emptySummary(),
      silentLogger,
      new AbortController().signal,
    )
    const error = await rows.next().then(
      () => undefined,
      (cause: unknown) => cause,
    )
    expect(error).to.include({ code: 'SHITOPS_E_FILE' })
  })

  it('explains the rows that are alarms, and no other', async () => {
    const lines = Array.from({ length: 900 }, (_, i) => `${1_700_000_000 + 300 * i},${i === 800 ? 500 : (i * 7919) % 13}`)
    const { rows } = await score(lines.join('\n'), true)
    const alarm = rows[800]?.alarm
    expect(alarm?.expected_high).to.be.below(500)
    expect(alarm?.since).to.equal(new Date((1_700_000_000 + 300 * 800) * 1000).toISOString())
    expect(rows[400]?.alarm).to.equal(null)
    expect(csvLines(true).line(rows[400] as ScoredRow)).to.match(/,,,,,\n$/)
    expect(JSON.parse(ndjsonLines.line(rows[800] as ScoredRow))).to.deep.include({ value: 500, alarm })
  })

  it('finds its columns by name, by order, by content, and with other separators', () => {
    const of = (...lines: [string, string?, string[]?]) => {
      const { separator, time, values, header } = columnsOf(...lines)
      return [separator, time, values, header]
    }
    expect(of('timestamp,value')).to.deep.equal([',', 0, [1], true])
    expect(of('Value;Host;Time')).to.deep.equal([';', 2, [0], true])
    expect(of('ts\tlatency')).to.deep.equal(['\t', 0, [1], true])
    expect(of('2026-01-31 10:00:00,3.5')).to.deep.equal([',', 0, [1], false])
    expect(of('ts,host,cpu,memory,label', '1,a,2,3,0')).to.deep.equal([',', 0, [2, 3], true])
    expect(of('ts,value,other', '1,2,3')).to.deep.equal([',', 0, [1], true])
    expect(of('1700000000,2,3,x')).to.deep.equal([',', 0, [1, 2], false])
    expect(of('ts,a,b,c', '1,2,3,4', ['c', '2'])).to.deep.equal([',', 0, [3, 1], true])
    expect(() => of('ts,a', '1,2', ['b'])).to.throw(RangeError, 'b')
    expect(splitFields('"a,""b""",c', ',')).to.deep.equal(['a,"b"', 'c'])
  })

  it('scores several values together, and says which is new, or that they are together', async () => {
    const at = (i: number) => 1_700_000_000 + 300 * i
    const pair = (i: number): [number, number] => {
      const x = 10 * Math.sin(i / 9) + ((i * 7919) % 101) / 101
      return i === 1500 ? [9, -9] : i === 1900 ? [x, 60] : [x, x + ((i * 104_729) % 97) / 97]
    }
    const lines = Array.from({ length: 2000 }, (_, i) => [at(i), ...pair(i)].join(','))
    const { rows, names } = await score(['time,cpu,load', ...lines].join('\n'), true)
    expect(names).to.deep.equal(['cpu', 'load'])
    expect(rows[1500]?.alarm).to.include({ member: 'together', since: new Date(at(1500) * 1000).toISOString() })
    expect(rows[1900]?.alarm).to.include({ column: 'load' })
    expect(rows[1900]?.alarm?.expected_high).to.be.below(60)
    expect(csvLines(true).header(names)).to.equal('timestamp,cpu,load,anomaly_score,column,member,expected_low,expected_high,since,similar\n')
    expect(csvLines(true).line(rows[1900] as ScoredRow)).to.contain(',60,').and.to.contain(',load,')
    expect(JSON.parse(ndjsonLines.line(rows[1900] as ScoredRow)).values).to.deep.equal({ cpu: pair(1900)[0], load: 60 })
  })

  it('scores a column alone as a file of it', async () => {
    const row = (i: number) => [1_700_000_000 + 300 * i, (i * 7919) % 13, (i * 104_729) % 97]
    const lines = Array.from({ length: 300 }, (_, i) => row(i))
    const alone = await score(['time,a,b', ...lines.map((line) => line.join(','))].join('\n'), false, ['b'])
    const file = await score(['time,value', ...lines.map(([time, , b]) => `${time},${b}`)].join('\n'))
    expect(alone.rows.map(({ anomaly_score }) => anomaly_score)).to.deep.equal(file.rows.map(({ anomaly_score }) => anomaly_score))
  })

  it('scores what is there where one of several values is missing or bad', async () => {
    const { rows, summary, said } = await score('time,a,b\n1700000000,1,2\n1700000060,,2\n1700000120,x,2\n1700000180,,\n')
    expect(rows.map(({ values }) => values)).to.deep.equal([
      ['1', '2'],
      ['', '2'],
      ['x', '2'],
      ['', ''],
    ])
    expect(summary).to.include({ rows: 4, missing: 2, bad: 1 })
    expect(said[0]).to.equal('line 4: "x" is no finite number; the other values are scored')
  })

  it('refuses a column that is not there', async () => {
    const error = await score('time,a\n1,2\n', false, ['b']).then(
      () => undefined,
      (cause: unknown) => cause,
    )
    expect(error).to.include({ code: 'SHITOPS_E_USAGE' })
  })

  it('reads times as they are written', () => {
    const at = Date.UTC(2026, 0, 31, 10, 0, 0)
    for (const text of [
      '2026-01-31T10:00:00Z',
      '2026-01-31 10:00:00',
      '2026-01-31 11:00+01:00',
      '1769853600',
      '1769853600000',
      '1769853600000000',
    ]) {
      expect(parseTimestamp(text), text).to.equal(at)
    }
    expect(parseTimestamp('2026-01-31 10:00:00.250')).to.equal(at + 250)
    for (const text of ['', 'now', '2026-02-30', '2026-13-01', '2026-01-31 25:00']) expect(parseTimestamp(text), text).to.equal(undefined)
  })
})
