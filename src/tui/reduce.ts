import { parseDuration } from '../base/duration.ts'
import { onBus, type SilenceWish } from '../live/commands.ts'
import { filterOf } from './filter.ts'
import { type Act, actOf, type Mode } from './keymap.ts'
import { cursorIn, type Layer, type SilenceForm, silenceForm, type Ui, wishOf, withList } from './ui.ts'
import { type Item, VIEW_NAMES, type ViewName } from './views/view.ts'

/** What is to be done beyond the screen. */
export type Effect =
  | { readonly type: 'quit'; readonly code: 0 | 130 }
  | { readonly type: 'suspend' | 'redraw' | 'pause' }
  | { readonly type: 'ack'; readonly fingerprint: string; readonly undo: boolean }
  | { readonly type: 'silence'; readonly wish: SilenceWish }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'export'; readonly path: string | undefined; readonly items: readonly Item[] }

/** Of the world what a key needs to know: the rows as they are shown, and how many fit. */
export interface Facts {
  readonly items: readonly Item[]
  readonly page: number
  readonly now: number
  /** What commands must say with `--bus`. */
  readonly bus: string | undefined
  /** Of the alert with that fingerprint. */
  labels(fingerprint: string): Readonly<Record<string, string>> | undefined
  acked(fingerprint: string): boolean
  sorts(view: ViewName): number
}

export interface Step {
  readonly ui: Ui
  readonly effects: readonly Effect[]
}

const MESSAGE_MS = 6_000
const only = (ui: Ui, ...effects: Effect[]): Step => ({ ui, effects })

export const say = (ui: Ui, text: string, now: number, bad = false): Ui => ({ ...ui, message: { text, bad, until: now + MESSAGE_MS } })

/** What a key makes of what was chosen so far. Pure: the same key in the same state does the same. */
export function reduce(ui: Ui, key: string, facts: Facts): Step {
  const { layer } = ui
  if (key === 'ctrl-c') return only(ui, { type: 'quit', code: 130 })
  if (layer?.kind === 'palette') return inPalette(ui, layer, key, facts)
  if (layer?.kind === 'filter') return inFilter(ui, layer, key, facts)
  if (layer?.kind === 'silence') return inSilence(ui, layer, key, facts)
  const mode: Mode = layer?.kind ?? 'list'
  const act = actOf(key, mode, ui.view)
  return act === undefined ? only(ui) : doAct(ui, act, key, facts)
}

const chosenOf = (ui: Ui, { items }: Facts): Item | undefined =>
  ui.layer?.kind === 'detail'
    ? items.find(({ key }) => key === (ui.layer as { key: string }).key)
    : items[cursorIn(items, ui.lists[ui.view])]

function doAct(ui: Ui, act: Act, key: string, facts: Facts): Step {
  const chosen = chosenOf(ui, facts)
  const { layer, view } = ui
  switch (act) {
    case 'quit':
      return only(ui, { type: 'quit', code: 0 })
    case 'suspend':
    case 'redraw':
    case 'pause':
      return only(ui, { type: act })
    case 'help':
      return only({ ...ui, layer: layer?.kind === 'help' ? undefined : { kind: 'help', top: 0 } })
    case 'palette':
      return only({ ...ui, layer: { kind: 'palette', text: '' } })
    case 'filter':
      return only({ ...ui, layer: { kind: 'filter', text: ui.lists[view].filter, before: ui.lists[view].filter } })
    case 'view':
      return only(show(ui, VIEW_NAMES[Number(key) - 1] ?? view))
    case 'next-view':
    case 'previous-view': {
      const step = act === 'next-view' ? 1 : VIEW_NAMES.length - 1
      return only(show(ui, VIEW_NAMES[(VIEW_NAMES.indexOf(view) + step) % VIEW_NAMES.length] ?? view))
    }
    case 'open':
      return only(chosen ? { ...ui, layer: { kind: 'detail', key: chosen.key, top: 0 } } : ui)
    case 'back':
      return only(layer ? { ...ui, layer: undefined } : withList(ui, { filter: '' }))
    case 'sort': {
      const { sort } = ui.lists[view]
      return only(withList(ui, { sort: (sort + 1) % Math.max(1, facts.sorts(view)), reversed: false }))
    }
    case 'reverse':
      return only(withList(ui, { reversed: !ui.lists[view].reversed }))
    case 'copy': {
      if (!chosen) return only(ui)
      const text = onBus(chosen.command, facts.bus)
      return only(say(ui, `Copied: ${text}`, facts.now), { type: 'copy', text })
    }
    case 'export':
      return exported(ui, undefined, facts)
    case 'ack': {
      const fingerprint = chosen?.key
      if (fingerprint === undefined || !facts.labels(fingerprint)) return only(ui)
      return only(ui, { type: 'ack', fingerprint, undo: facts.acked(fingerprint) })
    }
    case 'silence': {
      const labels = chosen && facts.labels(chosen.key)
      return only(labels ? { ...ui, layer: { kind: 'silence', form: silenceForm(chosen.key, labels), under: layer } } : ui)
    }
    default:
      return only(move(ui, act, facts))
  }
}

const show = (ui: Ui, view: ViewName): Ui => ({ ...ui, view, layer: undefined })

function exported(ui: Ui, path: string | undefined, { items, now }: Facts): Step {
  if (items.length === 0) return only(say(ui, 'There is no row to be written.', now, true))
  return only(ui, { type: 'export', path, items })
}

/** The cursor of a list, or the scroll of what is on top of it. */
function move(ui: Ui, act: Act, { items, page }: Facts): Ui {
  const { layer } = ui
  const far = Number.MAX_SAFE_INTEGER
  const steps: Partial<Record<Act, number>> = { up: -1, down: 1, 'page-up': -page, 'page-down': page, first: -far, last: far }
  const step = steps[act] ?? 0
  if (layer?.kind === 'detail' || layer?.kind === 'help') {
    // How long it is only the drawing knows, which stops at its end.
    return { ...ui, layer: { ...layer, top: Math.min(10_000, Math.max(0, layer.top + step)) } }
  }
  if (items.length === 0) return ui
  const at = Math.max(0, Math.min(items.length - 1, cursorIn(items, ui.lists[ui.view]) + step))
  return withList(ui, { at, key: items[at]?.key })
}

/** @returns the text after a key that types; undefined for another key */
function typed(text: string, key: string): string | undefined {
  if (key === 'backspace') return [...text].slice(0, -1).join('')
  if (key === 'ctrl-u') return ''
  if (key === 'ctrl-w') return text.replace(/\S+\s*$/, '')
  return [...key].length === 1 ? text + key : undefined
}

function inFilter(ui: Ui, layer: Layer & { kind: 'filter' }, key: string, { now }: Facts): Step {
  if (key === 'esc') return only({ ...withList(ui, { filter: layer.before }), layer: undefined })
  if (key === 'enter') {
    const made = filterOf(layer.text, now)
    if (typeof made !== 'function') return only(say(ui, made.problem, now, true))
    return only({ ...withList(ui, { filter: layer.text.trim() }), layer: undefined, message: undefined })
  }
  const text = typed(layer.text, key)
  if (text === undefined) return only(ui)
  // As it is typed, where it already means something.
  const next = typeof filterOf(text, now) === 'function' ? withList(ui, { filter: text.trim() }) : ui
  return only({ ...next, layer: { ...layer, text }, message: undefined })
}

function inPalette(ui: Ui, layer: Layer & { kind: 'palette' }, key: string, facts: Facts): Step {
  if (key === 'esc' || (key === 'backspace' && layer.text === '')) return only({ ...ui, layer: undefined })
  if (key === 'tab') return only({ ...ui, layer: { ...layer, text: matching(layer.text)[0] ?? layer.text } })
  if (key === 'enter') return command({ ...ui, layer: undefined }, layer.text.trim(), facts)
  const text = typed(layer.text, key)
  return only(text === undefined ? ui : { ...ui, layer: { ...layer, text } })
}

const OTHER = ['pause', 'export', 'help', 'quit'] as const
const COMMANDS: readonly string[] = [...VIEW_NAMES, ...OTHER]

/** Commands that begin like that. */
export const matching = (text: string): string[] => COMMANDS.filter((name) => name.startsWith(text.trim().toLowerCase()))

/** `alerts`, `al`, `alerts value.severity == "critical"`, `export FILE`, `q`. */
function command(ui: Ui, text: string, facts: Facts): Step {
  if (text === '') return only(ui)
  const [word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(text)?.slice(1) ?? []
  const name = matching(word)[0]
  if (name === undefined) return only(say(ui, `There is no command ${word}: ${COMMANDS.join(', ')}`, facts.now, true))
  if (name === 'pause') return only(ui, { type: 'pause' })
  if (name === 'quit') return only(ui, { type: 'quit', code: 0 })
  if (name === 'help') return only({ ...ui, layer: { kind: 'help', top: 0 } })
  if (name === 'export') return exported(ui, rest === '' ? undefined : rest, facts)
  const view = name as ViewName
  if (rest === '') return only(show(ui, view))
  const made = filterOf(rest, facts.now)
  if (typeof made !== 'function') return only(say(ui, made.problem, facts.now, true))
  return only(withList(show(ui, view), { filter: rest }, view))
}

function inSilence(ui: Ui, layer: Layer & { kind: 'silence' }, key: string, { now }: Facts): Step {
  const { form } = layer
  const fields = form.labels.length + 2
  const set = (change: Partial<SilenceForm>): Step => only({ ...ui, layer: { ...layer, form: { ...form, problem: undefined, ...change } } })
  if (key === 'esc') return only({ ...ui, layer: layer.under })
  if (key === 'tab' || key === 'down') return set({ field: (form.field + 1) % fields })
  if (key === 'shift-tab' || key === 'up') return set({ field: (form.field + fields - 1) % fields })
  if (key === 'enter') {
    const problem = problemOf(form)
    if (problem) return set({ problem })
    return only(say({ ...ui, layer: layer.under }, 'Asking for the silence…', now), { type: 'silence', wish: wishOf(form) })
  }
  if (form.field < form.labels.length) {
    if (key !== ' ') return only(ui)
    return set({ chosen: form.chosen.map((on, i) => (i === form.field ? !on : on)) })
  }
  const part = form.field === form.labels.length ? 'for' : 'comment'
  const text = typed(form[part], key)
  return text === undefined ? only(ui) : set({ [part]: text })
}

function problemOf({ chosen, for: length, comment }: SilenceForm): string | undefined {
  if (!chosen.includes(true)) return 'A silence needs a label at least: space chooses one.'
  if (parseDuration(length) === undefined) return `“${length}” is no length of time: 30m, 2h, 3d.`
  if (comment.trim() === '') return 'Say why: somebody will ask.'
  return undefined
}
