import { computed, signal } from '@preact/signals'
import { Model } from '../live/model/model.ts'
import type { ChannelName, ServerFrame } from '../live/protocol.ts'
import { SOCKET_PATH } from '../live/protocol.ts'
import { Link, type LinkState, type Socket } from './link/link.ts'

/** What the page knows. It is drawn anew when {@link drawn} says so, not with each frame. */
export const model = new Model()
/** Rises at most ten times a second while something changes. */
export const drawn = signal(0)
export const link = signal<LinkState>('connecting')
/** When something last came, ms of this machine's clock. */
export const heardAt = signal(Date.now())
export const clock = signal(Date.now())
export const paused = signal(false)
/** Fingerprint of the alert that is looked at. */
export const selected = signal<string | undefined>(undefined)
export const search = signal('')
export const problem = signal<string | undefined>(undefined)
export const token = signal<string | undefined>(undefined)

export const channel = computed(() => {
  drawn.value
  return model.channel
})

const TICK = 100
let connection: Link | undefined
let pending: ReturnType<typeof setTimeout> | undefined

/** Draw soon. A page that was paused still takes everything in. */
function soon(): void {
  if (paused.value || pending !== undefined) return
  pending = setTimeout(() => {
    pending = undefined
    drawn.value = model.version
  }, TICK)
}

export function pause(on: boolean): void {
  paused.value = on
  if (!on) drawn.value = model.version
}

function onFrame(frame: ServerFrame): void {
  heardAt.value = Date.now()
  if (frame.type === 'error') problem.value = [frame.data.message, ...frame.data.suggestions].join(' · ')
  model.take(frame, Date.now())
  soon()
}

/** Connects, and stays connected. */
export function connect(given: string | undefined): void {
  token.value = given
  const address = new URL(SOCKET_PATH, location.href)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  connection = new Link({
    token: given,
    open: (protocols) => new WebSocket(address, protocols) as unknown as Socket,
    onFrame,
    onState: (state) => {
      link.value = state
    },
    now: () => performance.now(),
    random: Math.random,
    after: (ms, act) => {
      const timer = setTimeout(act, ms)
      return () => clearTimeout(timer)
    },
  })
  connection.start(model.channel)
  addEventListener('online', () => connection?.again())
  setInterval(() => {
    clock.value = Date.now()
  }, 1_000)
}

export function showChannel(name: ChannelName): void {
  selected.value = undefined
  connection?.show(name)
}

/** A request that changes something. @returns what went wrong, in words */
export async function send(method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<string | undefined> {
  const headers: Record<string, string> = { ...(token.value !== undefined && { authorization: `Bearer ${token.value}` }) }
  if (body !== undefined) headers['content-type'] = 'application/json'
  try {
    const answer = await fetch(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
    if (answer.ok) return undefined
    const { error } = (await answer.json()) as { error?: { message: string; suggestions: string[] } }
    return error ? [error.message, ...error.suggestions].join(' · ') : `the server answered ${answer.status}`
  } catch {
    return 'the server cannot be reached'
  }
}
