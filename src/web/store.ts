import { computed, signal } from '@preact/signals'
import { type ClientState, type SocketLike, StreamClient } from '../live/client.ts'
import { Model } from '../live/model/model.ts'
import type { ChannelName, ServerFrame } from '../live/protocol.ts'

/** How the connection stands, as the page says it. */
export type LinkState = 'connecting' | 'live' | 'stale' | 'lost' | 'refused'
const LINK: Readonly<Record<ClientState, LinkState>> = {
  ...{ connecting: 'connecting', live: 'live', quiet: 'stale', stale: 'lost', refused: 'refused', ended: 'refused' },
}

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
let connection: StreamClient | undefined
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
  const before = connection
  connection = new StreamClient({
    ...{ url: location.origin, token: given, channel: model.channel, onFrame },
    connect: (url, protocols) => new WebSocket(url, protocols) as unknown as SocketLike,
    onState: (state) => {
      link.value = LINK[state]
    },
  })
  before?.close()
  link.value = 'connecting'
  connection.start()
  if (before) return
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
