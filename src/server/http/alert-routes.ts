import { ackRecords, unackRecords } from '../../alerts/acks.ts'
import { endedSilence, newSilence, type Silence, silenceRecord, silenceState } from '../../alerts/silences.ts'
import { parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import { partitionOf } from '../../bus/partitioner.ts'
import type { Alert } from '../../events/event-types.ts'
import { byUrgency } from '../../live/model/alert-order.ts'
import type { ChannelName } from '../../live/protocol.ts'
import type { ApiRoute, Call, HttpContext } from './context.ts'

/** Records of `alert_log` that are looked at for the history of one alert, before the end of its partition. */
const HISTORY = 5_000
const text = { type: 'string' } as const
const list = (name: string, ref: string) =>
  ({
    type: 'object',
    required: [name],
    additionalProperties: false,
    properties: { [name]: { type: 'array', items: { $ref: `#/components/schemas/${ref}` } } },
  }) as const
const said = { type: 'object', additionalProperties: false, properties: { comment: { ...text, maxLength: 2_000 } } } as const

/** Alerts and what people do about them. */
export const ALERT_ROUTES: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/api/v1/alerts',
    id: 'listAlerts',
    summary: 'The alerts of the channels that the token opens, the worst and newest first.',
    needs: 'channel',
    query: {
      status: { enum: ['pending', 'firing', 'resolved'] },
      severity: { enum: ['info', 'warning', 'critical'] },
      channel: { enum: ['finance', 'operations'] },
    },
    answer: {
      type: 'object',
      required: ['alerts'],
      additionalProperties: false,
      properties: {
        alerts: { type: 'array', items: { $ref: '#/components/schemas/alerts' } },
        withheld: { $ref: '#/components/schemas/withheld' },
      },
    },
    run: async ({ grant, query: { status, severity, channel } }, context) => {
      const wanted = (alert: Alert) =>
        (status === undefined || alert.status === status) && (severity === undefined || alert.severity === severity)
      const channels = channel === undefined ? grant.channels : grant.channels.filter((name) => name === channel)
      const alerts = channels.flatMap((name) => alertsOf(name, context)).filter(wanted)
      return { alerts: alerts.sort(byUrgency), ...(channels.includes('finance') && { withheld: context.feed.withheld }) }
    },
  },
  {
    method: 'GET',
    path: '/api/v1/alerts/:fingerprint',
    id: 'getAlert',
    summary: 'One alert and its history, oldest first.',
    needs: 'channel',
    answer: {
      type: 'object',
      required: ['alert', 'history'],
      additionalProperties: false,
      properties: {
        alert: { $ref: '#/components/schemas/alerts' },
        history: { type: 'array', items: { $ref: '#/components/schemas/alert_log' } },
      },
    },
    run: async (call, context) => {
      const { alert, channel } = alertOf(call, context)
      return { alert, history: await historyOf(alert.fingerprint, channel, context) }
    },
  },
  {
    method: 'POST',
    path: '/api/v1/alerts/:fingerprint/ack',
    id: 'ackAlert',
    summary: 'Somebody is on it: the incident is not repeated and not escalated.',
    needs: 'write',
    action: 'ack',
    body: said,
    answer: list('alerts', 'alerts'),
    run: async (call, context) => {
      const { alert } = alertOf(call, context)
      const records = ackRecords(alert, { by: call.grant.name, ...commentOf(call), now: context.clock.now() })
      await append(context, records)
      return { alerts: [{ ...alert, acked_by: call.grant.name, acked_at: new Date(context.clock.now()).toISOString() }] }
    },
  },
  {
    method: 'DELETE',
    path: '/api/v1/alerts/:fingerprint/ack',
    id: 'unackAlert',
    summary: 'Takes an acknowledgement back.',
    needs: 'write',
    action: 'unack',
    answer: list('alerts', 'alerts'),
    run: async (call, context) => {
      const { alert } = alertOf(call, context)
      await append(context, unackRecords(alert, { by: call.grant.name, now: context.clock.now() }))
      return { alerts: [{ ...alert, acked_by: null, acked_at: null }] }
    },
  },
  {
    method: 'GET',
    path: '/api/v1/silences',
    id: 'listSilences',
    summary: 'Silences, those that last first.',
    needs: 'channel',
    answer: list('silences', 'silence'),
    run: async (_, { feed, clock }) => {
      const now = clock.now()
      return { silences: [...feed.book.silences()].sort((a, b) => b.endsAt - a.endsAt).map((silence) => shown(silence, now)) }
    },
  },
  {
    method: 'POST',
    path: '/api/v1/silences',
    id: 'addSilence',
    summary: 'A new silence: alerts whose labels fit are not told while it lasts.',
    needs: 'write',
    action: 'silence',
    status: 201,
    body: {
      type: 'object',
      required: ['matchers', 'comment'],
      additionalProperties: false,
      properties: {
        matchers: { type: 'array', minItems: 1, maxItems: 32, items: { ...text, maxLength: 1_024 } },
        comment: { ...text, minLength: 1, maxLength: 2_000 },
        starts_at: { ...text, format: 'date-time' },
        ends_at: { ...text, format: 'date-time' },
        for: { ...text, description: 'instead of ends_at: 2h' },
      },
    },
    answer: list('silences', 'silence'),
    run: async (call, context) => {
      const now = context.clock.now()
      const body = call.body as { matchers: string[]; comment: string; starts_at?: string; ends_at?: string; for?: string }
      const startsAt = body.starts_at === undefined ? now : instantOf('starts_at', body.starts_at)
      const endsAt = body.ends_at === undefined ? startsAt + durationOf(body.for) : instantOf('ends_at', body.ends_at)
      const { matchers, comment } = body
      const event = newSilence({ matchers, comment, author: call.grant.name, startsAt, endsAt }, now)
      await context.bus.append('alert_silences', [silenceRecord(event)], { acks: 'flushed' })
      return { silences: [{ ...event, state: silenceState({ startsAt, endsAt }, now) }] }
    },
  },
  {
    method: 'DELETE',
    path: '/api/v1/silences/:silence_id',
    id: 'endSilence',
    summary: 'Ends a silence now.',
    needs: 'write',
    action: 'unsilence',
    answer: list('silences', 'silence'),
    run: async ({ grant, params: { silence_id: id = '' } }, { feed, bus, clock }) => {
      const silence = feed.book.silence(id)
      if (!silence) throw new ShitopsError('SHITOPS_E_SILENCE_UNKNOWN', `there is no silence ${id}`)
      const ended = endedSilence(silence.event, clock.now(), grant.name)
      await bus.append('alert_silences', [silenceRecord(ended)], { acks: 'flushed' })
      return { silences: [{ ...ended, state: 'expired' }] }
    },
  },
]

const shown = (silence: Silence, now: number) => ({ ...silence.event, state: silenceState(silence, now) })

/** The alerts of a channel as it may see them, with who is on them and what mutes them. */
function alertsOf(channel: ChannelName, { feed, clock }: HttpContext): Alert[] {
  const now = clock.now()
  return feed.channels[channel].of('alerts').map(({ wire }) => feed.present(channel, wire.value as unknown as Alert, now))
}

function alertOf({ grant, params: { fingerprint = '' } }: Call, context: HttpContext): { alert: Alert; channel: ChannelName } {
  for (const channel of grant.channels) {
    const alert = alertsOf(channel, context).find((each) => each.fingerprint === fingerprint)
    if (alert) return { alert, channel }
  }
  throw new ShitopsError('SHITOPS_E_ALERT_UNKNOWN', `there is no alert ${fingerprint}`, { suggestions: ['GET /api/v1/alerts'] })
}

async function historyOf(fingerprint: string, channel: ChannelName, { bus, feed }: HttpContext): Promise<unknown[]> {
  const topic = 'alert_log'
  const all = await bus.offsets(topic)
  const own = all[partitionOf(fingerprint, all.length, () => 0)]
  if (!own) return []
  const range = { partition: own.partition, from: Math.max(own.earliest, own.latest - HISTORY), to: own.latest }
  const history: unknown[] = []
  for await (const batch of bus.read({ topic, partitions: [range] })) {
    for (const { wire } of feed.projected(channel, batch)) if (wire.key === fingerprint && wire.value) history.push(wire.value)
  }
  return history
}

async function append(context: HttpContext, records: ReturnType<typeof ackRecords>): Promise<void> {
  const appends = (['alert_acks', 'alert_log'] as const).map((topic) => ({ topic, records: [records[topic]] }))
  for (const { topic, records: of } of appends) await context.bus.append(topic, of, { acks: 'flushed' })
}

function commentOf({ body }: Call): { comment?: string } {
  const comment = (body as { comment?: string } | null | undefined)?.comment?.trim()
  return comment ? { comment } : {}
}

function instantOf(name: string, value: string): number {
  const ms = Date.parse(value)
  if (Number.isNaN(ms)) throw new ShitopsError('SHITOPS_E_SERVE_REQUEST', `${name} is no time: RFC 3339 with a zone belongs there`)
  return ms
}

function durationOf(value: string | undefined): number {
  const ms = value === undefined ? undefined : parseDuration(value)
  if (ms === undefined) throw new ShitopsError('SHITOPS_E_SERVE_REQUEST', 'a silence needs `ends_at`, or `for` such as 2h')
  return ms
}
