import { Args, type Command, Flags, Parser } from '@oclif/core'
import { expect } from 'chai'
import { type ErrorReport, formatError, reportOf } from '../../src/cli/error-report.ts'
import { usageReport } from '../../src/cli/usage-report.ts'

const flags = {
  from: Flags.string({ summary: 'The spool, or a folder with several.', helpValue: 'embedded:DIR', required: true }),
  for: Flags.string({ summary: 'How long.', helpValue: 'DURATION', exactlyOne: ['for', 'until'] }),
  until: Flags.string({ summary: 'Until when.', helpValue: 'TIME' }),
  follow: Flags.boolean({ summary: 'Go on.', exclusive: ['dry-run', 'secret'] }),
  'dry-run': Flags.boolean({ summary: 'Only look.' }),
  secret: Flags.string({ summary: 'A secret.' }),
  key: Flags.string({ summary: 'The key.', relationships: [{ type: 'some', flags: ['plain', 'raw'] }] }),
  plain: Flags.boolean({ summary: 'Plain.' }),
  raw: Flags.boolean({ summary: 'RAW frames.', dependsOn: ['record'] }),
  record: Flags.string({ summary: 'Record to.', helpValue: 'FILE' }),
  output: Flags.string({ summary: 'How.', options: ['table', 'ndjson'] }),
  max: Flags.integer({ summary: 'Stop after that many.', helpValue: 'N', min: 2 }),
}
const args = { topic: Args.string({ description: 'the topic to read', required: true }) }
const GIVEN = ['orders', '--from', 'x', '--for', '1h']

/** What a user meets who types this. */
async function refusal(...argv: string[]): Promise<ErrorReport> {
  try {
    await Parser.parse(argv, { flags, args, strict: true, context: {} as Command })
  } catch (error) {
    return reportOf(error, { id: 'bus:forward', flags, args })
  }
  throw new Error(`nothing is wrong with ${argv.join(' ')}`)
}

describe('what oclif refuses, in our words', () => {
  const usage = 'shitops bus forward TOPIC --from embedded:DIR --for DURATION'
  const cases: Array<[what: string, argv: string[], message: string, next: string[]]> = [
    ['a flag that is missing', ['orders', '--for', '1h'], '--from is missing: the spool, or a folder with several', [usage]],
    ['one of two', ['orders', '--from', 'x'], 'one of --for and --until is missing', [usage]],
    ['an argument that is missing', ['--from', 'x', '--for', '1h'], 'TOPIC is missing: the topic to read', [usage]],
    ['an argument too many', [...GIVEN, 'b'], 'there is an argument too many: b', [usage]],
    ['a slip of the hand', [...GIVEN, '--form', 'y'], 'there is no flag --form', ['--from']],
    ['no flag, with a secret', [...GIVEN, '--pass=hunter2'], 'there is no flag --pass', []],
    [
      'two that exclude each other',
      [...GIVEN, '--follow', '--dry-run'],
      '--follow and --dry-run exclude each other',
      ['--follow without --dry-run, or the other way round'],
    ],
    [
      'two that exclude each other, with a secret',
      [...GIVEN, '--follow', '--secret', 'hunter2'],
      '--follow and --secret exclude each other',
      ['--follow without --secret, or the other way round'],
    ],
    ['one that needs another', [...GIVEN, '--raw'], '--raw needs --record beside it', ['--raw together with --record FILE']],
    ['one that needs one of others', [...GIVEN, '--key', 'k'], '--key needs --plain or --raw beside it', ['--key together with --plain']],
    ['a flag without its value', [...GIVEN, '--max'], '--max needs a value: stop after that many', ['--max N']],
    ['none of the options', [...GIVEN, '--output', 'ndjsn'], '--output ndjsn: it is one of table, ndjson', ['--output ndjson']],
    ['no number', [...GIVEN, '--max', 'a'], '--max a: an integer is expected', []],
    ['too small', [...GIVEN, '--max', '1'], '--max 1: an integer greater than or equal to 2 is expected', []],
  ]
  for (const [what, argv, message, next] of cases) {
    it(what, async () => {
      const suggestions = [...next, 'shitops bus forward --help']
      expect(await refusal(...argv)).to.deep.equal({ code: 'SHITOPS_E_USAGE', message, suggestions, exit: 2 })
    })
  }

  it('several at once, each once, and one line that has them all', async () => {
    const { message, suggestions } = await refusal('orders', '--raw')
    expect(message.split('; ')).to.have.members([
      '--from is missing: the spool, or a folder with several',
      'one of --for and --until is missing',
      '--raw needs --record beside it',
    ])
    expect(suggestions.slice(0, 1)).to.deep.equal([usage])
  })

  it('is one line of error with its code', async () => {
    expect(formatError(await refusal('orders', '--for', '1h')).split('\n')[0]).to.match(
      /--from is missing: the spool, or a folder with several \(SHITOPS_E_USAGE\)$/,
    )
  })

  it('what it does not know stays as it is', () => {
    expect(usageReport(new Error('Flag --max can only be specified once\nSee more help with --help'), {})).to.deep.equal({
      message: 'Flag --max can only be specified once',
      suggestions: [],
    })
  })
})
