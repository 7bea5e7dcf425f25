import { ackCommand, recordCommand, tailCommand } from '../../live/commands.ts'
import { amount, moment, words } from '../../live/format.ts'
import type { ShownAlert } from '../../live/model/model.ts'
import { blank, type Row } from '../draw/row.ts'
import { wrap } from '../draw/text.ts'
import type { World } from '../world.ts'
import { severity, stateOf } from './severity.ts'
import type { Item } from './view.ts'

const BAND = 30
const HISTORY = 50

/** An alert explained, or any other record field by field. */
export function detailRows(world: World, item: Item | undefined, width: number): Row[] {
  if (!item) return [[['It is gone.', 'dim'], ['  esc goes back.']]]
  const alert = world.modelOf(item.key)?.alerts.get(item.key)
  return alert ? alertRows(world, alert, width) : recordRows(item, width)
}

function recordRows({ key, value, command }: Item, width: number): Row[] {
  const text = JSON.stringify(value, undefined, 2) ?? 'null'
  return [[[key, 'title']], [['$ ', 'dim'], [command]], blank, ...text.split('\n').flatMap((line) => pieces(line, width))]
}

/** A line of indented JSON: broken where it is too long, its indent kept. */
function pieces(line: string, width: number): Row[] {
  const indent = /^ */.exec(line)?.[0] ?? ''
  return wrap(line.slice(indent.length), Math.max(20, width - indent.length)).map((part): Row => [[`${indent}${part}`]])
}

/** Why an alert is there, what it rests on, and what can be done about it. */
function alertRows(world: World, alert: ShownAlert, width: number): Row[] {
  const { alert_name, subject, annotations, score, incident, runbook_url, fingerprint, labels, details } = alert
  const [sign, style] = severity(alert) as [string, 'critical']
  const text = (words: string | undefined, mark = ''): Row[] => (words ? wrap(mark + words, width).map((line): Row => [[line]]) : [])
  const facts = Object.entries({ ...labels, ...details }).map(
    ([name, value]): Row => [[`  ${name.padEnd(18)} `, 'dim'], [typeof value === 'string' ? value : JSON.stringify(value)]],
  )
  return [
    [
      [words(alert_name), 'title'],
      [`  ${subject}`, 'strong'],
    ],
    [
      [sign, style],
      [`  ${stateOf(world, alert)}`],
      [incident !== undefined && incident > 1 ? `  ${incident} times within a day` : '', 'dim'],
    ],
    blank,
    ...text(annotations?.summary),
    ...bandRows(alert),
    ...(score == null ? [] : [[[`Score ${amount(score, 'ratio')}`]] as Row]),
    ...text(annotations?.advice, 'What to do: '),
    ...text(runbook_url ?? undefined, 'Runbook: '),
    blank,
    [['Rests on', 'strong']],
    ...evidenceRows(alert),
    blank,
    [['What happened', 'strong']],
    ...historyRows(world, fingerprint),
    blank,
    [['The same on a command line', 'strong']],
    [['  $ ', 'dim'], [`shitops alert show ${fingerprint}`]],
    [['  $ ', 'dim'], [ackCommand(alert)]],
    blank,
    [['Labels and columns', 'strong']],
    ...facts,
  ]
}

/** The band that was expected, as a line, and where on it what was seen lies. */
function bandRows({ observed, expected_low, expected_high, unit }: ShownAlert): Row[] {
  if (observed == null) return []
  if (expected_low == null && expected_high == null) return [[['Seen '], [amount(observed, unit), 'strong']]]
  const low = expected_low ?? Math.min(0, observed, expected_high ?? 0)
  const high = expected_high ?? Math.max(observed, low)
  const [from, to] = [Math.min(low, observed), Math.max(high, observed)]
  const place = (value: number) => (to > from ? Math.round(((value - from) / (to - from)) * (BAND - 1)) : 0)
  const line = Array.from({ length: BAND }, (_, i) => (i === place(observed) ? '◆' : i >= place(low) && i <= place(high) ? '═' : '·')).join(
    '',
  )
  const expected =
    expected_high == null
      ? `at least ${amount(low, unit)}`
      : expected_low == null
        ? `at most ${amount(high, unit)}`
        : `${amount(low, unit)} to ${amount(high, unit)}`
  return [[['Seen '], [amount(observed, unit), 'strong'], [`, expected ${expected}  `], [line, 'accent'], ['  ◆ seen ═ expected', 'dim']]]
}

function evidenceRows(alert: ShownAlert): Row[] {
  const pieces = (alert.evidence ?? []).map(
    (each) => [each.excerpt ?? `${each.topic}/${each.partition_id}@${each.record_offset}`, tailCommand(each)] as const,
  )
  return [...pieces, ["the alert's own record", recordCommand(alert)] as const].flatMap(([what, command]): Row[] => [
    [[`  ${what}`]],
    [
      ['    $ ', 'dim'],
      [command, 'dim'],
    ],
  ])
}

function historyRows(world: World, fingerprint: string): Row[] {
  const history = world.modelOf(fingerprint)?.history(fingerprint) ?? []
  if (history.length === 0) return [[['  longer ago than this looks back', 'dim']]]
  return history.slice(0, HISTORY).map(({ event_time, transition, actor, receiver, comment }): Row => {
    const who = [actor != null && `by ${actor}`, receiver !== undefined && `to ${receiver}`, comment != null && `: ${comment}`]
    return [
      [`  ${moment(Date.parse(event_time), world.newest)}  `, 'dim'],
      [transition.replace('_', ' ')],
      [` ${who.filter(Boolean).join(' ')}`],
    ]
  })
}
