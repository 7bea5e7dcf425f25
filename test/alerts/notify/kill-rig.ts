import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { type AlertNotification, toEventTime, toRecord, type WorkflowEvent } from '../../../src/events/index.ts'
import { WebhookReceiver } from './receiver.ts'

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url))
const CATCH_UP_MS = 60_000
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What became of the incidents of a run with kills. */
export interface KillResult {
  kills: number
  incidents: number
  calls: number
  /** Incidents whose end was never told. */
  lost: number
  lost_first: string[]
  /** Incidents that came and went while nobody looked: the notifier was being killed or started, and saw them when they were over. By design. */
  told_only_when_over: number
  /** Of these the ones of which the notifier had decided to tell that they fire: it knew, and it did not tell. */
  firing_forgotten: number
  /** Told twice to a receiver that drops keys it has seen. */
  told_twice: number
  dropped_by_key: number
  /** The same key with another text. */
  bodies_changed: number
}

export const isWrong = ({ lost, firing_forgotten, told_twice, bodies_changed, incidents }: KillResult): boolean =>
  lost + firing_forgotten + told_twice + bodies_changed > 0 || incidents === 0

/**
 * kill -9 of a process that raises alerts and tells of them, again and again at random moments while incidents come and go; then counts.
 * @param url a bus of its own @param life how long a process lives at most once it tells, ms
 */
export async function killAgainAndAgain(url: string, { count, life }: { count: number; life: number }): Promise<KillResult> {
  const bus = await openBus(url)
  const receiver = await WebhookReceiver.open()
  // Slow now and then, and sometimes out of order: so that a kill finds calls under way, and retries.
  receiver.answer = (_, n) => ({ status: n % 9 === 0 ? 503 : 200, delay: n % 4 === 0 ? 400 : 0 })
  let child: ChildProcess | undefined
  let kills = 0
  let cases = 0
  let writing = true
  const decided = new Set<string>()
  const watching = new AbortController()

  async function start(): Promise<void> {
    const fresh = fork(CHILD, { execArgv: ['--import', 'tsx'], env: { ...process.env, KILL_URL: url, KILL_RECEIVER: receiver.url } })
    child = fresh
    await new Promise<void>((resolve, reject) => {
      fresh.once('exit', (code, signal) => reject(new Error(`the child ended by itself: ${code ?? signal}`)))
      fresh.on('message', () => resolve())
    })
    fresh.removeAllListeners('exit')
  }

  async function end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  const event = (case_id: string, lifecycle: WorkflowEvent['lifecycle']) =>
    toRecord('workflow_events', { event_time: toEventTime(Date.now()), case_id, activity: 'close', lifecycle }, { source: '/kill' })

  /** Cases open, and are completed some time later. */
  async function write(): Promise<void> {
    const open: string[] = []
    while (writing) {
      const name = `case-${cases++}`
      open.push(name)
      await bus.append('workflow_events', [event(name, 'started')])
      await sleep(100)
      if (open.length > 40) await bus.append('workflow_events', [event(open.shift() ?? '', 'completed')])
      await sleep(100)
    }
    for (const name of open) await bus.append('workflow_events', [event(name, 'completed')])
    // Time goes on for what waits for the watermark, in every partition.
    for (let i = 0; i < 12; i++) {
      const last = event(`end-${i}`, 'completed')
      const timestamp = last.timestamp + 60_000
      const value = JSON.stringify({ ...JSON.parse(last.value ?? ''), event_time: toEventTime(timestamp) })
      await bus.append('workflow_events', [{ ...last, timestamp, value }])
    }
  }

  const judge = (): KillResult => ({ kills, incidents: cases, calls: receiver.calls.length, ...judged(receiver, cases, decided) })

  /** What ended before anybody watched is history to the notifier, and not its loss. */
  async function watched(): Promise<void> {
    const topic = 'alert_notifications'
    const seen = async () => (await bus.listTopics()).includes(topic) && (await bus.offsets(topic)).some(({ latest }) => latest > 0)
    while (!(await seen())) await sleep(50)
  }

  try {
    await createMissing(bus, ['workflow_events', 'insights', 'alerts', 'alert_log', 'alert_notifications'])
    const reader = noteDecisions(bus, decided, watching.signal)
    await start()
    await watched()
    const writer = write()
    for (; kills < count; kills++) {
      await sleep(Math.random() * life)
      await end('SIGKILL')
      await start()
    }
    writing = false
    await writer
    // As long as something comes there is hope.
    for (let seen = -1, since = Date.now(); judge().lost > 0 && Date.now() - since < CATCH_UP_MS; await sleep(200)) {
      if (receiver.calls.length === seen) continue
      seen = receiver.calls.length
      since = Date.now()
    }
    await end('SIGTERM')
    watching.abort()
    await reader
    return judge()
  } finally {
    writing = false
    watching.abort()
    await end('SIGKILL')
    await receiver.close()
    await bus.close()
  }
}

/** The cases of which the notifier has written that it is going to tell that they fire: from then on it must, whatever happens to it. */
async function noteDecisions(bus: Bus, decided: Set<string>, signal: AbortSignal): Promise<void> {
  const topic = 'alert_notifications'
  const partitions = (await bus.offsets(topic)).map(({ partition, earliest }) => ({ partition, from: earliest }))
  for await (const batch of bus.read({ topic, partitions, follow: true, signal })) {
    for (let i = 0; i < batch.count; i++) {
      const { pending } = JSON.parse(String(batch.value(i) ?? '{}')) as Partial<AlertNotification>
      for (const { status, labels } of pending?.alerts ?? []) if (status === 'firing') decided.add(String(labels.subject))
    }
  }
}

/** How often each incident was told to fire and to be over, after what has a known key was dropped. */
function judged(
  { calls }: WebhookReceiver,
  cases: number,
  decided: ReadonlySet<string>,
): Omit<KillResult, 'kills' | 'incidents' | 'calls'> {
  const keys = new Set<string>()
  const told = new Map<string, number>()
  let duplicates = 0
  let changed = 0
  const bodies = new Map<string, string>()
  for (const [i, { body, text, headers }] of calls.entries()) {
    const key = String(headers['idempotency-key'])
    if ((bodies.get(key) ?? text) !== text) changed++
    bodies.set(key, text)
    // What was answered with 503 was not taken.
    if ((i + 1) % 9 === 0) continue
    if (keys.has(key)) {
      duplicates++
      continue
    }
    keys.add(key)
    for (const { status, labels } of body.alerts) {
      const what = `${status} ${labels.subject}`
      told.set(what, (told.get(what) ?? 0) + 1)
    }
  }
  const names = Array.from({ length: cases }, (_, i) => `case-${i}`)
  const lost = names.filter((name) => !told.has(`resolved ${name}`))
  const onlyOver = names.filter((name) => !told.has(`firing ${name}`))
  return {
    lost: lost.length,
    lost_first: lost.slice(0, 3),
    told_only_when_over: onlyOver.length,
    firing_forgotten: onlyOver.filter((name) => decided.has(name)).length,
    told_twice: [...told.values()].filter((n) => n > 1).length,
    dropped_by_key: duplicates,
    bodies_changed: changed,
  }
}
