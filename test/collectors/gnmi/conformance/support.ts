import { Writable } from 'node:stream'
import { lineFormat } from '../../../../src/cli/gnmi/line-formats.ts'
import type { GnmiTarget, Subscription } from '../../../../src/collectors/gnmi/config.ts'
import { LineOutlet } from '../../../../src/collectors/gnmi/outlets/line-outlet.ts'
import { collect } from '../../../../src/collectors/gnmi/stream/collect.ts'
import {
  type AskedSubscribe,
  ScriptedTarget,
  type Sendable,
  type SubscribeStream,
  type TargetOptions,
} from '../../../../src/office/gnmi/scripted/index.ts'
import { HandClock } from '../../../support/hand-clock.ts'
import { MemoryLogger } from '../../compliance.ts'
import { collecting, stopAll, targetAt } from '../support/collecting.ts'

/** A scripted target for each test of the enclosing suite; {@link ScriptedTarget.close}d, and its clients stopped, afterwards. */
export function useTarget() {
  const open: ScriptedTarget[] = []
  afterEach(async () => {
    await stopAll()
    for (const target of open.splice(0)) await target.close()
  })
  return async (options: TargetOptions = { strict: true }): Promise<ScriptedTarget> => {
    const target = await ScriptedTarget.listen(options)
    open.push(target)
    return target
  }
}

/** What the client asks of a target for a subscription; a strict one refuses what the statements forbid. */
export async function asked(
  target: ScriptedTarget,
  subscription: Partial<Subscription>,
  more: Partial<GnmiTarget> = {},
): Promise<AskedSubscribe> {
  const before = target.streams.length
  collecting([targetAt(target.address, { subscription, ...more })])
  const { request } = await target.subscribed(before + 1)
  await stopAll()
  return request
}

/** What the client refuses to ask at all: the facts on the bus say why. */
export async function refusedUnasked(target: ScriptedTarget, subscription: Partial<Subscription>): Promise<string> {
  const before = target.requests.length
  const { facts, until } = collecting([targetAt(target.address, { subscription })])
  await until('the refusal', () => facts().some(({ kind }) => kind === 'refused'))
  await stopAll()
  if (target.requests.length !== before) throw new Error('it was asked all the same')
  return facts().find(({ kind }) => kind === 'refused')?.detail ?? ''
}

/** The collector on a target that sends these messages and a sync; resolves when the sync has been read. */
export async function collected(target: ScriptedTarget, responses: readonly Sendable[], more: Parameters<typeof targetAt>[1] = {}) {
  const before = target.streams.length
  const run = collecting([targetAt(target.address, more)])
  const stream: SubscribeStream = await target.subscribed(before + 1)
  for (const response of responses) await stream.send(response)
  await stream.sync()
  await run.until('the sync', () => run.kinds().includes('synced'))
  const notifications = () => run.telemetry().filter(({ kind }) => kind === 'notification')
  return { ...run, stream, notifications, first: () => notifications()[0] }
}

/** The same in the event format, by way of standard output: an object for each line. */
export async function eventsOf(target: ScriptedTarget, responses: readonly Sendable[]): Promise<Array<Record<string, unknown>>> {
  let text = ''
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  target.onSubscribe = async (stream) => {
    for (const response of responses) await stream.send(response)
    await stream.sync()
    stream.end()
  }
  const logger = new MemoryLogger()
  const outlet = new LineOutlet(out, lineFormat('event', false, false), logger)
  const targets = [targetAt(target.address, { subscription: { mode: 'once' } })]
  await collect({ targets, outlet, clock: new HandClock(), signal: new AbortController().signal, logger })
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** A path of these elements; `name[key=value]` is not read, keys stand in an object behind their element. */
export const path = (...parts: Array<string | Record<string, string>>) => {
  const elem: Array<{ name: string; key?: Record<string, string> }> = []
  for (const part of parts) {
    if (typeof part === 'string') elem.push({ name: part })
    else Object.assign(elem.at(-1) as object, { key: part })
  }
  return { elem }
}

/** An update of one leaf by its name. */
export const leaf = (name: string, val: object | undefined) => ({ path: path(name), ...(val && { val }) })

/** A notification as a response. */
export const notification = (fields: object) => ({ update: { timestamp: '1769759931250417113', ...fields } })
