import type { ClientState } from '../live/client.ts'
import { amount, duration, moment } from '../live/format.ts'
import type { Piece, Row, Style } from './draw/row.ts'
import { cells, padded } from './draw/text.ts'
import type { World } from './world.ts'

/** Of what is shown that which the first line tells. */
export interface Status {
  readonly world: World
  readonly live: World
  readonly paused: boolean
  readonly source: string
  readonly zone?: string | undefined
  readonly now: number
  /** ms of the clock that events are of; default: `now`. */
  readonly there?: number
}

const STATES: Record<ClientState, readonly [string, Style]> = {
  connecting: ['… CONNECTING', 'warning'],
  live: ['● LIVE', 'good'],
  stale: ['✖ DISCONNECTED', 'critical'],
  quiet: ['▲ STALE', 'warning'],
  refused: ['✖ REFUSED', 'critical'],
  ended: ['✖ ENDED', 'critical'],
}

/** How old what is shown is, and what is missing of it: always there. Where there is not room for all, less of it, and never less than these two. */
export function statusRow({ world, live, paused, source, zone, now, there = now }: Status, width: number): Row {
  const { state } = live.state(now)
  const [word, style] = live.loading !== undefined && state === 'live' ? (['… LOADING', 'warning'] as const) : STATES[state]
  const age = live.newest === 0 ? 'no record yet' : ageOf(there - live.newest)
  const newest = live.newest === 0 ? age : `newest ${moment(live.newest, there)}${zone === undefined ? '' : ` ${zone}`}, ${age}`
  const heard = live.heardAt === undefined ? 'nothing yet' : `${Math.max(0, Math.round((now - live.heardAt) / 1000))} s ago`
  const { dropped, unreadable } = live
  const head: Piece[] = [
    [' shitops ', 'title'],
    paused ? [`‖ PAUSED, ${amount(live.changes - world.changes)} new`, 'warning'] : [word, style],
    ...(paused && state !== 'live' ? ([[` ${word}`, style]] as Piece[]) : []),
  ]
  const parts: Part[] = [
    { full: newest, least: age, style: 'dim' },
    { full: `heard ${heard}`, least: '', style: 'dim' },
    { full: `${amount(live.rate)}/s`, least: '', style: 'dim' },
    { full: `dropped ${amount(dropped)}`, least: `dropped ${amount(dropped)}`, style: dropped > 0 ? 'warning' : 'dim' },
  ]
  const odd = `unreadable ${amount(unreadable)}`
  if (unreadable > 0) parts.push({ full: odd, least: odd, style: 'warning' })
  return fitted(head, parts, source, width)
}

interface Part {
  readonly full: string
  /** What must remain of it. */
  readonly least: string
  readonly style: Style
}

const APART = '  '

/** As much of the parts as there is room for, the first ones first, and at the right end where all of this is from. */
function fitted(head: readonly Piece[], parts: readonly Part[], source: string, width: number): Row {
  const size = (text: string) => (text === '' ? 0 : cells(text) + APART.length)
  let left = width - head.reduce((sum, [text]) => sum + cells(text), 0) - parts.reduce((sum, { least }) => sum + size(least), 0)
  const shown = parts.flatMap(({ full, least, style }): Piece[] => {
    const more = size(full) - size(least)
    const text = more <= left ? full : least
    if (text === full) left -= more
    return text === '' ? [] : [[`${APART}${text}`, style]]
  })
  const room = left - APART.length - 1
  return room < LEAST_SOURCE ? [...head, ...shown] : [...head, ...shown, [APART], [padded(source, room, 'right'), 'dim']]
}
/** Less of an address says nothing. */
const LEAST_SOURCE = 8

/** A replay's time is not ours: it may be ahead. */
const ageOf = (ms: number): string => (ms < -1_000 ? `${duration(-ms)} ahead` : ms < 1_500 ? 'now' : `${duration(ms)} old`)
