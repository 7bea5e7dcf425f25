import { spawnSync } from 'node:child_process'
import { expect } from 'chai'
import { type JsonField, SCAN, type ScanStatus } from '../../../src/query/json/field.ts'
import { rowReader } from '../../../src/query/json/rows.ts'
import { compileScanner, type JsonScanner } from '../../../src/query/json/scanner.ts'
import { outcome } from './support/scan.ts'

const EVENT: readonly JsonField[] = [
  { path: ['target'], type: 'STRING' },
  { path: ['labels', 'site'], type: 'STRING' },
  { path: ['value'], type: 'DOUBLE' },
]
const event = (target: string, value: unknown = 1.5) =>
  `{"event_time":"2026-03-31T14:02:11.250Z","target":"${target}","labels":{"rack":[1,{"u":2}],"site":"hq"},"value":${JSON.stringify(value)},"unit":"ratio"}`

/** A record in memory of its own, with nothing behind it. */
const alone = (text: string) => new Uint8Array(new TextEncoder().encode(text))

/** Read there, and not from a copy. */
function scanAlone(scanner: JsonScanner, text: string): ScanStatus {
  scanner.slots.attach(alone(text).buffer)
  return scanner.scanAttached(0, text.length)
}

describe('a scanner of JSON records', () => {
  it('reads records where they lie, many in one buffer', () => {
    const scanner = compileScanner(EVENT)
    const row = rowReader(scanner)
    const targets = Array.from({ length: 50 }, (_, i) => `access-${i}`)
    const bytes = Buffer.from(targets.map((target, i) => event(target, i)).join(''))
    let start = 0
    for (const [i, target] of targets.entries()) {
      const end = start + event(target, i).length
      expect(scanner.scan(bytes, start, end)).to.equal(SCAN.OK)
      expect(row()).to.deep.equal([target, 'hq', i])
      start = end
    }
    expect(scanner.shapes).to.equal(1)
  })

  it('reads a record of a known shape whose values are of other kinds', () => {
    const scanner = compileScanner(EVENT, { ignoreParseErrors: true })
    for (let i = 0; i < 3; i++) outcome(scanner, event('access-1'))
    expect(scanner.shapes).to.equal(1)
    expect(outcome(scanner, event('access-1', null))).to.deep.equal(['access-1', 'hq', null])
    expect(outcome(scanner, event('access-1', '7'))).to.deep.equal(['access-1', 'hq', 7])
    expect(outcome(scanner, event('access-1', { a: ['}'] }))).to.deep.equal(['access-1', 'hq', null])
    expect(outcome(scanner, event('access-1').replace('[1,{"u":2}]', '"{\\""'))).to.deep.equal(['access-1', 'hq', 1.5])
    expect(outcome(scanner, event('access-1').replace('{"rack"', 'null,"l":{"rack"'))).to.deep.equal(['access-1', null, 1.5])
    expect(outcome(scanner, event('access-1').replace('[1,{"u":2}]', '[1,{"u":2]'))).to.equal('bad record')
    expect(scanner.ignoredFields).to.equal(1)
  })

  it('refuses a record that is cut off, wherever, in memory that ends there', () => {
    const scanner = compileScanner(EVENT)
    for (let i = 0; i < 3; i++) scanAlone(scanner, event('access-1'))
    expect(scanner.shapes).to.equal(1)
    const text = event('access-1')
    for (let length = 0; length < text.length; length++) {
      expect(scanAlone(scanner, text.slice(0, length)), text.slice(0, length)).to.equal(SCAN.BAD_RECORD)
      expect(scanner.scan(alone(text.slice(0, length)), 0, length), text.slice(0, length)).to.equal(SCAN.BAD_RECORD)
      expect(scanner.scan(Buffer.from(text), 0, length), text.slice(0, length)).to.equal(SCAN.BAD_RECORD)
    }
    expect(scanner.scan(alone(text), 0, text.length)).to.equal(SCAN.OK)
  })

  it('reads records in memory of their own, and long ones, in turn with others', () => {
    const scanner = compileScanner(EVENT)
    const row = rowReader(scanner)
    const shared = Buffer.from(`${event('shared')}${' '.repeat(5_000)}`)
    for (const target of ['a', 'b'.repeat(30_000), 'c', 'd', 'e'.repeat(20_000)]) {
      const text = event(target)
      expect(scanner.scan(alone(text), 0, text.length)).to.equal(SCAN.OK)
      expect(row()).to.deep.equal([target, 'hq', 1.5])
      expect(scanner.scan(shared, 0, shared.length)).to.equal(SCAN.OK)
      expect(row()).to.deep.equal(['shared', 'hq', 1.5])
    }
  })

  it('lets the last of duplicates count, and count whole', () => {
    for (const [text, row] of [
      ['{"target":"a","value":1,"target":"b"}', ['b', null, 1]],
      ['{"value":"x","value":2}', [null, null, 2]],
      ['{"value":2,"value":null}', [null, null, null]],
      ['{"labels":{"site":"hq"},"labels":{"rack":1}}', [null, null, null]],
      ['{"labels":{"site":"hq"},"labels":null}', [null, null, null]],
      ['{"labels":{"site":"hq"},"l\\u0061bels":{"site":"vienna"}}', [null, 'vienna', null]],
    ] as const) {
      const scanner = compileScanner(EVENT)
      for (let i = 0; i < 4; i++) expect(outcome(scanner, text), text).to.deep.equal(row)
    }
  })

  it('reads an object whole and in parts', () => {
    const scanner = compileScanner([
      { path: ['labels'], type: 'STRING' },
      { path: ['labels', 'site'], type: 'STRING' },
    ])
    for (let i = 0; i < 4; i++) {
      expect(outcome(scanner, '{"labels": {"site": "hq", "n": 1.0}}')).to.deep.equal(['{"site":"hq","n":1.0}', 'hq'])
      expect(outcome(scanner, '{"labels":{"site":"hq"},"labels":"x"}')).to.equal('bad field 1')
      expect(outcome(scanner, '{"labels":null}')).to.deep.equal([null, null])
    }
  })

  it('takes names by their characters and not by how they are written', () => {
    const scanner = compileScanner([
      { path: ['grüße'], type: 'INT' },
      { path: ['a"b\\'], type: 'INT' },
      { path: [''], type: 'INT' },
    ])
    expect(outcome(scanner, '{"gr\\u00fc\\u00DFe":1,"a\\"b\\\\":2,"":3}')).to.deep.equal([1, 2, 3])
    expect(outcome(scanner, '{"grüße":1,"a\\u0022b\\u005c":2}')).to.deep.equal([1, 2, null])
  })

  it('passes over white space and a byte order mark around a record, and refuses anything else', () => {
    const scanner = compileScanner(EVENT)
    for (let i = 0; i < 3; i++) {
      expect(outcome(scanner, ` \r\n\t${event('a')} \r\n\t`)).to.deep.equal(['a', 'hq', 1.5])
      expect(outcome(scanner, `\uFEFF${event('a')}`)).to.deep.equal(['a', 'hq', 1.5])
    }
    const bad = [
      '',
      ' ',
      'null',
      '[]',
      '1',
      '"{}"',
      '{} {}',
      '{}x',
      '{},',
      '{',
      '}',
      '{]',
      '{"a"}',
      '{"a":}',
      '{,}',
      '{"a":1,}',
      '{"a" 1}',
      "{'a':1}",
    ]
    for (const text of [...bad, event('a').repeat(2), `${event('a')}\0`]) expect(outcome(scanner, text), text).to.equal('bad record')
  })

  it('goes a thousand levels deep, as Jackson does, and no further', () => {
    const scanner = compileScanner([{ path: ['a'], type: 'RAW_JSON' }])
    const nested = (levels: number, open: string, close: string) => `{"a":${open.repeat(levels)}${close.repeat(levels)}}`
    for (const name of ['a', 'b']) {
      expect(outcome(scanner, nested(999, '[', ']').replace('a', name))).to.be.an('array')
      expect(outcome(scanner, nested(1_000, '[', ']').replace('a', name))).to.equal('bad record')
      expect(outcome(scanner, `{"${name}":${'{"x":'.repeat(999)}1${'}'.repeat(1_000)}`)).to.be.an('array')
      expect(outcome(scanner, `{"${name}":${'{"x":'.repeat(1_000_000)}`)).to.equal('bad record')
    }
  })

  it('refuses a wanted text that is no UTF-8, and lets one pass that nobody wants', () => {
    const scanner = compileScanner(EVENT)
    const broken = (text: string) => Buffer.from(text.replace('access-1', 'ÿ'), 'latin1')
    for (let i = 0; i < 3; i++) {
      expect(outcome(scanner, broken(event('access-1')))).to.equal('bad record')
      expect(outcome(scanner, broken('{"target":"a","unit":"access-1"}'))).to.deep.equal(['a', null, null])
    }
    // Overlong, a half of a pair, beyond the last character, cut off.
    for (const hex of ['c0af', 'e080af', 'eda080', 'f4908080', 'f0808080', 'c3', 'e282', 'f09f92', '80', 'fe']) {
      const bytes = Buffer.concat([Buffer.from('{"target":"'), Buffer.from(hex, 'hex'), Buffer.from('"}')])
      expect(outcome(scanner, bytes), hex).to.equal('bad record')
    }
  })

  it('says what was wrong', () => {
    const scanner = compileScanner(EVENT, { failOnMissingField: true })
    expect(outcome(scanner, event('a', 'x'.repeat(100)))).to.equal('bad field 2')
    expect(scanner.problem).to.equal(`value is no DOUBLE: "${'x'.repeat(59)}…`)
    expect(outcome(scanner, '{"target":"a","value":1,"labels":{}}')).to.equal('bad field 1')
    expect(scanner.problem).to.equal('labels.site is missing')
    expect(outcome(scanner, event('a'))).to.be.an('array')
    expect(scanner.problem).to.equal('')
  })

  it('gives the same string for the same text', () => {
    const scanner = compileScanner(EVENT)
    const seen = new Map<string, string>()
    for (let i = 0; i < 100; i++) {
      const [target] = outcome(scanner, event(`grüße-${i % 10}`)) as [string]
      seen.set(target, target)
      expect(target).to.equal(`grüße-${i % 10}`)
    }
    expect(seen.size).to.equal(10)
  })

  it('gives code of its own to few shapes, whatever comes', () => {
    const scanner = compileScanner(EVENT)
    for (let i = 0; i < 2_000; i++) expect(outcome(scanner, `{"n${i >> 1}":1,"target":"${i}","value":2}`)).to.deep.equal([`${i}`, null, 2])
    expect(scanner.shapes).to.be.within(1, 8)
    // No text of a record comes into it.
    for (let i = 0; i < 3; i++) expect(outcome(scanner, '{"*/+process.exit()//\\n`1`":1,"value":3}')).to.deep.equal([null, null, 3])
    expect(scanner.source).to.not.include('process')
  })

  it('reads records of several shapes by one code', () => {
    const scanner = compileScanner(EVENT)
    const some = (i: number) => [
      ...(i & 1 ? ['"role":"switch"'] : []),
      `"target":"t${i}"`,
      ...(i & 2 ? [`"value":${i}`] : []),
      ...(i & 4 ? ['"labels":{"site":"hq"}'] : []),
    ]
    for (let i = 0; i < 80; i++) {
      const row = [`t${i}`, i & 4 ? 'hq' : null, i & 2 ? i : null]
      expect(outcome(scanner, `{${some(i).join()}}`)).to.deep.equal(row)
    }
    expect(scanner.shapes).to.equal(8)
    expect(scanner.source.match(/read0\(/g)).to.have.length(2)
  })

  it('learns a shape that another one begins with', () => {
    const scanner = compileScanner(EVENT)
    for (let i = 0; i < 20; i++) {
      const gap = ' '.repeat(i % 3)
      expect(outcome(scanner, `{"target":${gap}"t${i}","value":${gap}${i}}`)).to.deep.equal([`t${i}`, null, i])
    }
    expect(scanner.shapes).to.equal(3)
    const before = scanner.source
    for (let i = 0; i < 20; i++) outcome(scanner, `{"target":${' '.repeat(i % 3)}"t","value":${' '.repeat(i % 3)}1}`)
    expect(scanner.source).to.equal(before)
  })

  it('reads where no code may be made of text', () => {
    const program = `
      import { compileScanner } from './src/query/json/scanner.ts'
      const scanner = compileScanner([{ path: ['a'], type: 'INT' }])
      const bytes = Buffer.from('{"a":7}')
      for (let i = 0; i < 5; i++) if (scanner.scan(bytes, 0, bytes.length) !== 0 || scanner.number(0) !== 7) process.exit(1)
      process.stdout.write(String(scanner.shapes))`
    const flags = ['--disallow-code-generation-from-strings', '--import', 'tsx', '--input-type=module', '-e', program]
    const { status, stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' })
    expect([status, stdout], stderr).to.deep.equal([0, '0'])
  })

  it('refuses fields that cannot be', () => {
    expect(() => compileScanner([{ path: [], type: 'INT' }])).to.throw(RangeError)
    expect(() =>
      compileScanner([
        { path: ['a'], type: 'INT' },
        { path: ['a'], type: 'STRING' },
      ]),
    ).to.throw(RangeError)
    expect(() => compileScanner([{ path: ['a'], type: 'DECIMAL', precision: 39 }])).to.throw(RangeError)
    expect(() => compileScanner([{ path: ['a'], type: 'DECIMAL', precision: 3, scale: 4 }])).to.throw(RangeError)
    expect(() => compileScanner(EVENT, { ignoreParseErrors: true, failOnMissingField: true })).to.throw(RangeError)
    expect(outcome(compileScanner([]), '{"a":1}')).to.deep.equal([])
  })
})
