import { plural } from '../base/plural.ts'
import { blank, CHOSEN, isChosen, line, type Painter, type Piece, paintRow, type Row } from './draw/row.ts'
import { headRow, tableRow, widthsOf } from './draw/table.ts'
import { cells, padded } from './draw/text.ts'
import { filterOf } from './filter.ts'
import { bindingsOf, shownKey } from './keymap.ts'
import { matching } from './reduce.ts'
import { statusRow } from './status.ts'
import { cursorIn, itemNamed, type ListState, sorted, sortOf, type Ui } from './ui.ts'
import { alertList } from './views/alert-list.ts'
import { detailRows } from './views/detail.ts'
import { VIEWS } from './views/index.ts'
import { helpRows, silenceRows } from './views/layers.ts'
import { type Item, type ListView, VIEW_NAMES } from './views/view.ts'
import type { World } from './world.ts'

export interface Size {
  readonly columns: number
  readonly rows: number
}

export interface Shown {
  /** What is shown: a standstill while paused. */
  readonly world: World
  /** What goes on behind it; the same unless paused. */
  readonly live: World
  readonly paused: boolean
  /** `ws://127.0.0.1:7468`, or the bus. */
  readonly source: string
  /** Of the times, where it is not the local one. */
  readonly zone?: string | undefined
  /** ms of this machine */
  readonly now: number
  /** ms of the clock that events are of: this machine's, or a simulation's own. Default: `now`. */
  readonly there?: number
  /** `there` when the standstill began, or as it is: lengths of time stand still with it. */
  readonly at: number
  /** Address of the same in a browser, where there is one. */
  readonly link?: string | undefined
}

export const SMALLEST: Size = { columns: 60, rows: 16 }
/** Status, tabs and what is below the view. */
const AROUND = 4

/** Rows that a view has. */
export const bodyHeight = ({ rows }: Size): number => Math.max(1, rows - 1 - AROUND)

/** The rows of a view as they are shown: filtered and sorted. */
export function itemsOf(view: ListView, shown: Pick<Shown, 'world' | 'at'>, list: ListState): Listed {
  const known = made.get(shown)
  if (known?.view === view && known.list === list) return known.listed
  const { world, at } = shown
  const all = view.items(world, at)
  const listed = { items: ordered(all, list, at), of: all.length }
  made.set(shown, { view, list, listed })
  return listed
}

interface Listed {
  readonly items: readonly Item[]
  /** How many there are without the filter. */
  readonly of: number
}

/** Filtered and sorted. Rows that stay the same from frame to frame are gone through once a second, for what a filter says of time. */
function ordered(all: readonly Item[], list: ListState, at: number): readonly Item[] {
  const { filter, sort, reversed } = list
  const how = `${filter === '' ? '' : `${Math.floor(at / 1000)} ${filter}`}\0${sort} ${reversed}`
  const before = orders.get(all)
  if (before?.how === how) return before.items
  const matches = filterOf(filter, at)
  const items = sorted(typeof matches === 'function' && filter !== '' ? all.filter(matches) : all, list)
  orders.set(all, { how, items })
  return items
}

const orders = new WeakMap<readonly Item[], { how: string; items: readonly Item[] }>()

/** Of one frame: several of its parts ask for the same rows. */
const made = new WeakMap<object, { view: ListView; list: ListState; listed: Listed }>()

/**
 * The screen: `rows − 1` lines of `columns` each, painted. One line less than there are, because a terminal library that fills the last one clears
 * everything with each frame.
 */
export function drawFrame(shown: Shown, ui: Ui, size: Size, painter: Painter): string[] {
  const { columns, rows } = size
  const paint = (lines: readonly Row[]) =>
    Array.from({ length: Math.max(1, rows - 1) }, (_, i) => paintRow(lines[i] ?? blank, columns, painter))
  if (columns < SMALLEST.columns || rows < SMALLEST.rows) {
    const need = `${SMALLEST.columns}×${SMALLEST.rows}`
    return paint([line('shitops dash', 'title'), line(`Too small: ${columns}×${rows}, needs ${need}.`), line('q quits', 'dim')])
  }
  const height = bodyHeight(size)
  const body = bodyRows(shown, ui, columns, height).slice(0, height)
  while (body.length < height) body.push(blank)
  return paint([statusRow(shown, columns), tabsRow(ui, shown), ...body, bottomRow(ui, shown, columns), keysRow(ui, columns)])
}

function tabsRow({ view }: Ui, { world }: Shown): Row {
  const firing = alertList(world).firing.length
  return VIEW_NAMES.flatMap((name, i): Piece[] => {
    const label = `${i + 1} ${name}${name === 'alerts' && firing > 0 ? ` (${firing})` : ''}`
    return [name === view ? [`[${label}]`, 'title'] : [` ${label} `, 'dim']]
  })
}

function bodyRows(shown: Shown, ui: Ui, width: number, height: number): Row[] {
  const { layer } = ui
  const notice = noticeOf(shown)
  const rest = height - notice.length
  if (layer?.kind === 'help') return [...notice, ...indented(scrolled(helpRows(width - 1), layer.top, rest))]
  if (layer?.kind === 'silence') return [...notice, ...indented(silenceRows(layer.form, width - 1, shown.world.bus))]
  const view = VIEWS[ui.view]
  if (layer?.kind === 'detail') {
    const item = itemNamed(view.items(shown.world, shown.at), layer.key)
    return [
      ...notice,
      ...indented(scrolled(detailRows(shown.world, item, { width: width - 2, height: rest, now: shown.at }), layer.top, rest)),
    ]
  }
  return [...notice, ...listRows(view, shown, ui.lists[ui.view], width, rest)]
}

/** With the margin that tables have for their cursor. */
const indented = (rows: readonly Row[]): Row[] =>
  rows.map((row) => (row.length === 0 ? row : isChosen(row) ? [CHOSEN, [' '], ...row.slice(1)] : [[' '], ...row]))

/** What somebody must know before they believe the rest. */
function noticeOf({ live, now }: Shown): Row[] {
  const { state, why } = live.state(now)
  const known = live.heardAt === undefined ? '' : ' What is shown was true before.'
  if (state === 'ended') return [line(` ✖ The server ended it: ${why}.${known}`, 'critical')]
  if (state === 'refused') return [line(` ✖ The server does not answer (${why}); trying again.${known}`, 'critical')]
  if (state === 'stale') return [line(` ✖ The connection is gone (${why}); trying again.${known}`, 'critical')]
  if (state === 'quiet') return [line(` ▲ Nothing has come for too long, ${why}.${known}`, 'warning')]
  if (state === 'connecting') return [line(` … Connecting${why === '' ? '' : `: ${why}`}`, 'warning')]
  if (live.loading !== undefined) return [line(` … Loading: ${plural(live.loading, 'change')} so far`, 'warning')]
  return []
}

/** Of rows that do not fit those from `top` on, never past the end. */
function scrolled(rows: readonly Row[], top: number, height: number): Row[] {
  const from = Math.max(0, Math.min(top, rows.length - height))
  const part = rows.slice(from, from + height)
  const more = rows.length - from - height
  if (more <= 0) return part
  return [...part.slice(0, -1), line(`  ↓ ${more + 1} more lines`, 'dim')]
}

function listRows(view: ListView, shown: Shown, list: ListState, width: number, height: number): Row[] {
  const { items, of } = itemsOf(view, shown, list)
  const at = cursorIn(items, list)
  const panelHeight = view.panelHeight?.(height) ?? 0
  const panel = panelHeight > 0 ? indented(view.panel?.(shown.world, items[at], width - 2, panelHeight).slice(0, panelHeight) ?? []) : []
  const table = tableRows(view, items, of, at, list, width, height - panel.length, shown)
  if (view.name === 'overview') return [...panel, ...table]
  while (table.length < height - panel.length) table.push(blank)
  return [...table, ...panel]
}

function tableRows(
  view: ListView,
  items: readonly Item[],
  of: number,
  at: number,
  list: ListState,
  width: number,
  height: number,
  shown: Shown,
): Row[] {
  if (items.length === 0) {
    if (shown.live.heardAt === undefined) return []
    return [
      blank,
      line(`  ${of > 0 ? `None of ${plural(of, 'row')} fits the filter; esc takes it away.` : view.empty(shown.world)}`, 'dim'),
    ]
  }
  const room = Math.max(1, height - 1)
  const from = Math.max(0, Math.min(at - (room >> 1), items.length - room))
  const inner = width - 1
  const seen = items.slice(from, from + room).map((item) => item.cells)
  const widest = view.widest?.(shown.world, shown.at)
  const all = widest ? [widest, ...seen] : view.columns.every(({ fixed }) => fixed !== undefined) ? [] : items.map((item) => item.cells)
  const widths = widthsOf(view.columns, all, inner, width)
  const head: Row = [[' '], ...headRow(view.columns, widths, sortOf(view, list))]
  const rows = seen.map((row, i): Row => {
    const pieces = tableRow(view.columns, widths, row)
    return from + i === at ? [CHOSEN, ['›'], ...pieces] : [[' '], ...pieces]
  })
  return [head, ...rows]
}

/** What is being typed, what was said, or where one is. */
function bottomRow(ui: Ui, shown: Shown, width: number): Row {
  const { layer, message, view } = ui
  if (layer?.kind === 'palette') return [[' :', 'accent'], [layer.text, 'strong'], ['▏'], [`  ${matching(layer.text).join('  ')}`, 'dim']]
  if (message && message.until > shown.now) return [[` ${message.bad ? '! ' : ''}${message.text}`, message.bad ? 'warning' : 'good']]
  if (layer?.kind === 'filter') {
    const made = filterOf(layer.text, shown.now)
    const hint = typeof made === 'function' ? 'enter keeps it, esc takes it back' : made.problem
    return [[' /', 'accent'], [layer.text, 'strong'], ['▏'], [`  ${hint}`, 'dim']]
  }
  const list = ui.lists[view]
  const { items, of } = itemsOf(VIEWS[view], shown, list)
  const sort = VIEWS[view].sorts[list.sort]?.name ?? ''
  const where =
    items.length === 0 ? `0 of ${of}` : `${cursorIn(items, list) + 1} of ${items.length}${items.length === of ? '' : ` (${of})`}`
  const row: Piece[] = [
    [` ${where}`, 'dim'],
    [`  by ${sort}${list.reversed ? ', reversed' : ''}`, 'dim'],
    ...(list.filter === '' ? [] : ([[`  / ${list.filter}`, 'accent']] as Piece[])),
  ]
  const { link = '' } = shown
  // Half of an address leads nowhere.
  const room = width - row.reduce((sum, [text]) => sum + cells(text), 0) - cells(link) - 2
  return link === '' || room < 0 ? row : [...row, ['  '], [link, 'accent']]
}

function keysRow(ui: Ui, width: number): Row {
  const mode = ui.layer?.kind === 'detail' || ui.layer?.kind === 'help' ? ui.layer.kind : 'list'
  const pieces: Piece[] = [[' ']]
  let left = width - 1
  for (const { keys, bar } of bindingsOf(mode, ui.view)) {
    if (bar === undefined) continue
    const key = shownKey(keys[0] ?? '')
    const text = padded(` ${bar}  `, cells(bar) + 3)
    left -= cells(key) + cells(text)
    if (left < 0) break
    pieces.push([key, 'accent'], [text, 'dim'])
  }
  return pieces
}
