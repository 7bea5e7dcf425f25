import type { ViewName } from './views/view.ts'

/** What a key can do. */
export type Act =
  | 'quit'
  | 'interrupt'
  | 'suspend'
  | 'redraw'
  | 'help'
  | 'palette'
  | 'filter'
  | 'pause'
  | 'next-view'
  | 'previous-view'
  | 'view'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'open'
  | 'back'
  | 'sort'
  | 'reverse'
  | 'ack'
  | 'silence'
  | 'export'
  | 'copy'

export type Mode = 'list' | 'detail' | 'help'

export interface Binding {
  /** As {@link keyName} calls them. */
  readonly keys: readonly string[]
  readonly act: Act
  readonly words: string
  readonly modes: readonly Mode[]
  /** Only there. */
  readonly views?: readonly ViewName[]
  /** On the bar at the bottom, with this word. */
  readonly bar?: string
}

const ALL: readonly Mode[] = ['list', 'detail', 'help']
const LISTS: readonly ViewName[] = ['alerts', 'people', 'network', 'workflow', 'topics', 'log']
/** Where an alert can be chosen. */
const ALERTS: readonly ViewName[] = ['overview', 'alerts']

/** The only list of keys: input, help, the bar and the documentation are made from it. */
export const KEYMAP: readonly Binding[] = [
  { keys: ['?'], act: 'help', words: 'the keys', modes: ALL, bar: 'help' },
  { keys: ['1', '2', '3', '4', '5', '6', '7'], act: 'view', words: 'overview, alerts, people, network, workflow, topics, log', modes: ALL },
  { keys: ['tab', 'right', ']'], act: 'next-view', words: 'next view', modes: ['list', 'help'] },
  { keys: ['shift-tab', 'left', '['], act: 'previous-view', words: 'view before', modes: ['list', 'help'] },
  { keys: [':'], act: 'palette', words: 'a command: a view and its filter, pause, export FILE, quit', modes: ALL, bar: 'command' },
  {
    keys: ['/'],
    act: 'filter',
    words: 'filter: words, or an expression as tail --filter takes it',
    modes: ['list'],
    views: LISTS,
    bar: 'filter',
  },
  { keys: ['down', 'j'], act: 'down', words: 'next row', modes: ALL },
  { keys: ['up', 'k'], act: 'up', words: 'row before', modes: ALL },
  { keys: ['pagedown', 'ctrl-f'], act: 'page-down', words: 'a page on', modes: ALL },
  { keys: ['pageup', 'ctrl-b'], act: 'page-up', words: 'a page back', modes: ALL },
  { keys: ['home', 'g'], act: 'first', words: 'first row', modes: ALL },
  { keys: ['end', 'G'], act: 'last', words: 'last row', modes: ALL },
  { keys: ['enter'], act: 'open', words: 'explain the alert, show the record', modes: ['list'], bar: 'open' },
  { keys: ['esc'], act: 'back', words: 'back; take the filter away', modes: ALL },
  { keys: ['a'], act: 'ack', words: 'I am on this alert; again: take that back', modes: ['list', 'detail'], views: ALERTS, bar: 'ack' },
  { keys: ['z'], act: 'silence', words: 'silence alerts like this one', modes: ['list', 'detail'], views: ALERTS, bar: 'silence' },
  { keys: ['s'], act: 'sort', words: 'sort by the next column', modes: ['list'], views: LISTS, bar: 'sort' },
  { keys: ['S'], act: 'reverse', words: 'the other way round', modes: ['list'], views: LISTS },
  { keys: ['p', ' '], act: 'pause', words: 'stand still; again: go on', modes: ALL, bar: 'pause' },
  { keys: ['c'], act: 'copy', words: 'copy the command that shows it (OSC 52)', modes: ['list', 'detail'], bar: 'copy' },
  { keys: ['e'], act: 'export', words: 'write the rows to a file, one JSON object a line', modes: ['list'], bar: 'export' },
  { keys: ['ctrl-l'], act: 'redraw', words: 'draw everything anew', modes: ALL },
  { keys: ['ctrl-z'], act: 'suspend', words: 'to the shell; fg comes back', modes: ALL },
  { keys: ['q'], act: 'quit', words: 'quit', modes: ALL, bar: 'quit' },
  { keys: ['ctrl-c'], act: 'interrupt', words: 'quit, with exit code 130', modes: ALL },
]

/** What a key does there; undefined: nothing. */
export function actOf(key: string, mode: Mode, view: ViewName): Act | undefined {
  return bindingsOf(mode, view).find(({ keys }) => keys.includes(key))?.act
}

export function bindingsOf(mode: Mode, view: ViewName): Binding[] {
  return KEYMAP.filter(({ modes, views }) => modes.includes(mode) && (views === undefined || views.includes(view)))
}

const SHOWN: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  ' ': 'space',
  pagedown: 'PgDn',
  pageup: 'PgUp',
}
/** A key as people call it. */
export const shownKey = (key: string): string =>
  SHOWN[key] ?? key.replace(/^ctrl-(.)$/, (_, letter: string) => `Ctrl-${letter.toUpperCase()}`)

/** Of what a terminal library tells of a key press what is used here. */
export interface Press {
  readonly upArrow: boolean
  readonly downArrow: boolean
  readonly leftArrow: boolean
  readonly rightArrow: boolean
  readonly pageDown: boolean
  readonly pageUp: boolean
  readonly home: boolean
  readonly end: boolean
  readonly return: boolean
  readonly escape: boolean
  readonly ctrl: boolean
  readonly shift: boolean
  readonly tab: boolean
  readonly backspace: boolean
  readonly delete: boolean
}

const NAMED = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageDown', 'pagedown'],
  ['pageUp', 'pageup'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  // What many terminals send for the key Backspace.
  ['delete', 'backspace'],
] as const

/** The keys of one piece of input: several characters at once are a paste, or typing that was faster than the reading. */
export function keysOf(input: string, press: Press): string[] {
  if (press.tab) return [press.shift ? 'shift-tab' : 'tab']
  const named = NAMED.find(([flag]) => press[flag])
  if (named) return [named[1]]
  if (press.ctrl) return input.length === 1 ? [`ctrl-${input}`] : []
  return [...input].map((char) => (char === '\r' || char === '\n' ? 'enter' : char === '\t' ? 'tab' : char)).filter((char) => char >= ' ')
}
