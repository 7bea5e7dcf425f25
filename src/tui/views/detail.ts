import { ackCommand, onBus, recordCommand, tailCommand } from '../../live/commands.ts'
import { amount, duration, moment, short, words } from '../../live/format.ts'
import type { MetricSeries, ShownAlert } from '../../live/model/model.ts'
import { blank, type Row, type Style } from '../draw/row.ts'
import { wrap } from '../draw/text.ts'
import type { World } from '../world.ts'
import { devicesOf } from './devices.ts'
import { seriesChart } from './network.ts'
import { severity, stateOf } from './severity.ts'
import type { Item } from './view.ts'

const BAND = 30
const HISTORY = 50

export interface DetailRoom {
  readonly width: number
  /** Rows that are seen at once: a small screen has none to spare for a chart. */
  readonly height: number
  /** ms */
  readonly now: number
}

/** An alert explained, or any other record field by field. */
export function detailRows(world: World, item: Item | undefined, { width, height, now }: DetailRoom): Row[] {
  if (!item) return [[['It is gone.', 'dim'], ['  esc goes back.']]]
  const alert = world.modelOf(item.key)?.alerts.get(item.key)
  return alert ? alertRows(world, alert, { width, height, now }) : recordRows(item, width, world.bus)
}

function recordRows({ key, value, command }: Item, width: number, bus: string | undefined): Row[] {
  const text = JSON.stringify(value, undefined, 2) ?? 'null'
  return [
    [[key, 'title']],
    ...commandRows('', onBus(command, bus), width),
    blank,
    ...text.split('\n').flatMap((line) => pieces(line, width)),
  ]
}

/** A command line, whole: one that ends at the edge of the screen does something else. */
function commandRows(indent: string, command: string, width: number, style?: Style): Row[] {
  return wrap(command, Math.max(20, width - indent.length - 2)).map(
    (line, i): Row => [[`${indent}${i === 0 ? '$ ' : '  '}`, 'dim'], style ? [line, style] : [line]],
  )
}

/** A line of indented JSON: broken where it is too long, its indent kept. */
function pieces(line: string, width: number): Row[] {
  const indent = /^ */.exec(line)?.[0] ?? ''
  return wrap(line.slice(indent.length), Math.max(20, width - indent.length)).map((part): Row => [[`${indent}${part}`]])
}

/** Why an alert is there, what it rests on, and what can be done about it. */
function alertRows(world: World, alert: ShownAlert, { width, height, now }: DetailRoom): Row[] {
  const { alert_name, subject, annotations, score, incident, runbook_url, fingerprint, labels, details } = alert
  const [sign, style] = severity(alert) as [string, 'critical']
  const text = (words: string | undefined, mark = ''): Row[] => (words ? wrap(mark + words, width).map((line): Row => [[line]]) : [])
  const facts = Object.entries({ ...labels, ...details }).map(
    ([name, value]): Row => [
      [`  ${name.padEnd(18)} `, 'dim'],
      [typeof value === 'string' ? value : typeof value === 'number' ? short(value) : JSON.stringify(value)],
    ],
  )
  return [
    [
      [words(alert_name), 'title'],
      [`  ${subject}`, 'strong'],
    ],
    [
      [sign, style],
      [`  ${stateOf(world, alert)}`],
      [`  ${sinceOf(alert, world.present(now))}`, 'dim'],
      [incident !== undefined && incident > 1 ? `, ${incident} times within a day` : '', 'dim'],
    ],
    blank,
    ...text(annotations?.summary),
    ...bandRows(alert),
    ...(score == null ? [] : [[[`Score ${amount(score, 'ratio')}: how unusual or how likely it is`]] as Row]),
    ...text(hidersOf(world, alert), 'Nobody is told, because this fires: '),
    ...text(annotations?.advice, 'What to do: '),
    ...text(runbook_url ?? undefined, 'Runbook: '),
    blank,
    ...seriesRows(world, alert, width, height),
    [['Rests on', 'strong']],
    ...evidenceRows(alert, world.bus, width),
    blank,
    [['What happened', 'strong']],
    ...historyRows(world, fingerprint),
    blank,
    [['The same on a command line', 'strong']],
    ...commandRows('  ', onBus(`shitops alert show ${fingerprint}`, world.bus), width),
    ...commandRows('  ', onBus(ackCommand(alert), world.bus), width),
    blank,
    [['Labels and values', 'strong']],
    ...facts,
  ]
}

/** The alerts that explain it, while they do. */
const hidersOf = (world: World, alert: ShownAlert): string | undefined =>
  world.modelOf(alert.fingerprint)?.hiderTexts(alert).join(', ') || undefined

/** How long it has lasted, or did. */
function sinceOf({ active_at, resolved_at }: ShownAlert, newest: number): string {
  const [from, to] = [Date.parse(active_at), resolved_at == null ? newest : Date.parse(resolved_at)]
  const lasted = duration(Math.max(0, to - from))
  return resolved_at == null ? `for ${lasted}, since ${moment(from, newest)}` : `${moment(from, newest)} to ${moment(to, from)}, ${lasted}`
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
  return [
    [['Seen '], [amount(observed, unit), 'strong'], [`, expected ${expected}`]],
    [
      [`  ${amount(from, unit)} `, 'dim'],
      [line, 'accent'],
      [` ${amount(to, unit)}`, 'dim'],
      ['   ◆ seen  ═ expected', 'dim'],
    ],
  ]
}

/** The series that it is about, as it went: that of its device, in its unit, whose newest value is the nearest to what was seen. */
function seriesRows(world: World, { labels, subject, unit, observed }: ShownAlert, width: number, height: number): Row[] {
  if (height < CHART_FROM || !world.operations || observed == null) return []
  const devices = devicesOf(world.operations)
  const device = [labels.target, labels.device, subject].map((name) => (name === undefined ? undefined : devices.get(name))).find(Boolean)
  const distance = ({ history }: MetricSeries) => Math.min(...history.tail(NEAR).map((value) => Math.abs(value - observed)))
  const near = device?.series.filter((each) => each.unit === unit && each.history.length > 1).sort((a, b) => distance(a) - distance(b))[0]
  return near ? [...seriesChart(near, Math.min(width, 120), 8), blank] : []
}

/** Rows of the screen from which on there is room for a chart; samples among which the one that was seen is looked for. */
const [CHART_FROM, NEAR] = [30, 60]

function evidenceRows(alert: ShownAlert, bus: string | undefined, width: number): Row[] {
  const pieces = (alert.evidence ?? []).map(
    (each) => [each.excerpt ?? `${each.topic}/${each.partition_id}@${each.record_offset}`, tailCommand(each)] as const,
  )
  return [...pieces, ["the alert's own record", recordCommand(alert)] as const].flatMap(([what, command]): Row[] => [
    [[`  ${what}`]],
    ...commandRows('    ', onBus(command, bus), width, 'dim'),
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
