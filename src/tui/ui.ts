import type { SilenceWish } from '../live/commands.ts'
import { equals } from '../live/commands.ts'
import type { Item, ListView, ViewName } from './views/view.ts'

/** How a list is looked at. */
export interface ListState {
  /** The chosen row: by its key, and where it was, for when it is gone. */
  readonly key: string | undefined
  readonly at: number
  readonly filter: string
  readonly sort: number
  readonly reversed: boolean
}

export interface SilenceForm {
  readonly fingerprint: string
  readonly labels: ReadonlyArray<readonly [name: string, value: string]>
  readonly chosen: readonly boolean[]
  readonly for: string
  readonly comment: string
  /** Place of the cursor: the labels, then the length, then the comment. */
  readonly field: number
  readonly problem: string | undefined
}

/** What is on top of the view. */
export type Layer =
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'detail'; readonly key: string; readonly top: number }
  | { readonly kind: 'palette'; readonly text: string }
  | { readonly kind: 'filter'; readonly text: string; readonly before: string }
  | { readonly kind: 'silence'; readonly form: SilenceForm; readonly under: Layer | undefined }

export interface Message {
  readonly text: string
  readonly bad: boolean
  /** ms of this machine: gone then. */
  readonly until: number
}

/** Everything that a person has chosen; what there is to see is the world's. */
export interface Ui {
  readonly view: ViewName
  readonly lists: Readonly<Record<ViewName, ListState>>
  readonly layer: Layer | undefined
  readonly message: Message | undefined
}

const LIST: ListState = { key: undefined, at: 0, filter: '', sort: 0, reversed: false }

export const firstUi: Ui = {
  view: 'overview',
  lists: { overview: LIST, alerts: LIST, people: LIST, network: LIST, workflow: LIST, topics: LIST, log: LIST },
  layer: undefined,
  message: undefined,
}

export const withList = (ui: Ui, change: Partial<ListState>, view = ui.view): Ui => ({
  ...ui,
  lists: { ...ui.lists, [view]: { ...ui.lists[view], ...change } },
})

/** Where the cursor is among the rows: with its row, or where that row was. */
export function cursorIn(items: readonly Item[], { key, at }: ListState): number {
  const found = key === undefined ? -1 : items[at]?.key === key ? at : (placesOf(items).get(key) ?? -1)
  return found >= 0 ? found : Math.max(0, Math.min(at, items.length - 1))
}

/** The row of a key. */
export function itemNamed(items: readonly Item[], key: string): Item | undefined {
  const place = placesOf(items).get(key)
  return place === undefined ? undefined : items[place]
}

/** Of rows that stay the same from frame to frame where each is. */
function placesOf(items: readonly Item[]): ReadonlyMap<string, number> {
  let known = places.get(items)
  if (!known) {
    known = new Map(items.map(({ key }, i) => [key, i]))
    places.set(items, known)
  }
  return known
}

const places = new WeakMap<readonly Item[], ReadonlyMap<string, number>>()

/** In the order that was asked for; rows that are equal stay as they were. */
export function sorted(items: readonly Item[], { sort, reversed }: ListState): Item[] {
  const sign = reversed ? -1 : 1
  return [...items].sort((a, b) => sign * compare(a.order[sort] ?? 0, b.order[sort] ?? 0))
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0
}

export const sortOf = (view: ListView, { sort, reversed }: ListState): { column: number; down: boolean } => ({
  column: view.sorts[sort]?.column ?? 0,
  down: !reversed,
})

export function silenceForm(fingerprint: string, labels: Readonly<Record<string, string>>): SilenceForm {
  const entries = Object.entries(labels)
  return {
    ...{ fingerprint, labels: entries, chosen: entries.map(() => true), for: '2h', comment: '', problem: undefined },
    // Where something must be typed.
    field: entries.length + 1,
  }
}

export function wishOf({ labels, chosen, for: length, comment }: SilenceForm): SilenceWish {
  const matchers = labels.filter((_, i) => chosen[i]).map(([name, value]) => equals(name, value))
  return { matchers, for: length, comment }
}
