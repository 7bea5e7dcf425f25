import { Flags } from '@oclif/core'

const RANGE = 'RANGE'
const SELECT = 'SELECT'

/** Which part of a topic: docs/cli.md, "Positions". */
export const rangeFlags = {
  from: Flags.string({
    summary: 'Where to begin: start, end, an offset, -N (the last N of each partition), or a time: @15m, @2026-01-31T09:00:00Z, @EPOCH-MS.',
    helpValue: 'POSITION',
    helpGroup: RANGE,
  }),
  to: Flags.string({ summary: 'Where to stop, not included: a position as in --from.', helpValue: 'POSITION', helpGroup: RANGE }),
  partition: Flags.integer({
    char: 'p',
    summary: 'Only this partition (repeatable).',
    helpValue: 'N',
    helpGroup: RANGE,
    multiple: true,
    multipleNonGreedy: true,
    min: 0,
  }),
  max: Flags.integer({ char: 'n', summary: 'Stop after that many records.', helpValue: 'N', helpGroup: RANGE, min: 0 }),
}

/** Which records of it; all that is given must hold. */
export const selectionFlags = {
  key: Flags.string({ char: 'k', summary: 'Only records with exactly this key.', helpValue: 'KEY', helpGroup: SELECT }),
  header: Flags.string({
    summary: 'Only records with this header (repeatable).',
    helpValue: 'NAME=VALUE',
    helpGroup: SELECT,
    multiple: true,
    multipleNonGreedy: true,
  }),
  grep: Flags.string({
    char: 'g',
    summary: 'Only records whose value, as text, matches this regular expression.',
    helpValue: 'REGEX',
    helpGroup: SELECT,
  }),
  filter: Flags.string({
    summary: `Only records for which this holds, such as 'value.metric == "cpu_load" and value.value > 0.9'.`,
    helpValue: 'EXPR',
    helpGroup: SELECT,
  }),
}
