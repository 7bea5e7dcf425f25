import { onBus, silenceCommand } from '../../live/commands.ts'
import { blank, CHOSEN, type Row } from '../draw/row.ts'
import { padded, wrap } from '../draw/text.ts'
import { KEYMAP, shownKey } from '../keymap.ts'
import { type SilenceForm, wishOf } from '../ui.ts'

const FILTERS =
  'Words that are all on the row: payables loss. Or an expression: value.severity == "critical" and key contains "4d". docs/cli.md, "Filters", has the language.'

/** Every key, from the one list of them. */
export function helpRows(width: number): Row[] {
  return [
    [['Keys', 'title']],
    blank,
    ...KEYMAP.map(({ keys, words, views }): Row => {
      const where = views === undefined || views.length > 2 ? '' : `  (${views.join(', ')})`
      const shown = keys.length > 5 ? `${keys[0]} … ${keys.at(-1)}` : keys.map(shownKey).join('  ')
      return [[`  ${padded(shown, 16)}`, 'accent'], [words], [where, 'dim']]
    }),
    blank,
    [['Signs', 'title']],
    blank,
    [['  ■ critical', 'critical'], ['  ▲ warning', 'warning'], ['  ● info', 'info'], ['   ! late, unreadable   ✔ up   ✖ down']],
    blank,
    [['Filters', 'title']],
    blank,
    ...wrap(FILTERS, Math.max(20, width - 4)).map((text): Row => [[`  ${text}`]]),
  ]
}

/** A silence for alerts that share the chosen labels, and the command that does the same. */
export function silenceRows(form: SilenceForm, width: number, bus: string | undefined): Row[] {
  const { labels, chosen, field, problem, comment } = form
  const at = (i: number, row: Row): Row => (field === i ? [CHOSEN, ...row] : row)
  const cursor = (i: number) => (field === i ? '▏' : '')
  const command = onBus(silenceCommand({ ...wishOf(form), comment: comment === '' ? '…' : comment }), bus)
  return [
    [['Silence alerts with', 'title']],
    ...labels.map(([name, value], i) => at(i, [[`  [${chosen[i] ? 'x' : ' '}] ${name} = ${value}`]])),
    blank,
    at(labels.length, [['  For      '], [`${form.for}${cursor(labels.length)}`, 'strong']]),
    at(labels.length + 1, [['  Because  '], [`${comment}${cursor(labels.length + 1)}`, 'strong']]),
    blank,
    ...(problem === undefined ? [] : [[[`  ! ${problem}`, 'warning']] as Row]),
    [['  The same on a command line:', 'dim']],
    ...wrap(command, Math.max(20, width - 4)).map((line, i): Row => [[i === 0 ? '  $ ' : '    ', 'dim'], [line]]),
    blank,
    [['  enter silences   tab next field   space chooses a label   esc back', 'dim']],
  ]
}
