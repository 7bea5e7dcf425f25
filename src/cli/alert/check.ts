import type { DispatchTarget, Outcome } from '../../alerts/notify/dispatch.ts'
import { webhookBody } from '../../alerts/notify/message.ts'
import { dispatchPlan } from '../../alerts/notify/plan.ts'
import { httpPost } from '../../alerts/notify/send/http-post.ts'
import { authorizationOf, makeSenders } from '../../alerts/notify/send/make-senders.ts'
import type { AlertSettings } from '../../alerts/notify/settings.ts'
import { parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import { toEventTime } from '../../events/index.ts'
import { paint } from '../color.ts'

export interface CheckResult {
  target: string
  status: 'taken' | 'failed'
  why?: string
}

export interface CheckContext {
  readonly env: NodeJS.ProcessEnv
  readonly now: () => number
  readonly signal: AbortSignal
}

/**
 * Sends each receiver one alert that says that it is a test, and Alertmanagers an empty list, which they check like any other.
 * @param names of receivers; all where there are none
 * @throws SHITOPS_E_RECEIVER_UNKNOWN and those of {@link makeSenders}
 */
export async function checkReceivers(settings: AlertSettings, names: readonly string[], context: CheckContext): Promise<CheckResult[]> {
  const { receivers = [], alertmanagers = [] } = settings
  if (receivers.length + alertmanagers.length === 0) {
    throw new ShitopsError('SHITOPS_E_RECEIVER_UNKNOWN', 'the configuration names nobody to tell', {
      suggestions: ['docs/alerts.md, "Telling"'],
    })
  }
  const unknown = names.find((name) => !receivers.some((receiver) => receiver.name === name))
  if (unknown !== undefined) {
    throw new ShitopsError('SHITOPS_E_RECEIVER_UNKNOWN', `there is no receiver ${unknown}`, {
      suggestions: receivers.map(({ name }) => `shitops alert check ${name}`),
    })
  }
  const senders = await makeSenders(settings, context)
  const targets = dispatchPlan(settings).targets.filter(({ receiver }) => names.length === 0 || names.includes(receiver))
  const results: CheckResult[] = []
  for (const target of targets) {
    const sender = senders.get(target.id)
    if (sender)
      results.push(resultOf(target.id, await sender.send(webhookBody(testDelivery(target, context.now()), settings), context.signal)))
  }
  for (const each of names.length === 0 ? alertmanagers : []) {
    const headers = await authorizationOf(each, context)
    const timeout = parseDuration(each.timeout ?? '10s') ?? 10_000
    const url = `${each.url.replace(/\/+$/, '')}/api/v2/alerts`
    results.push(resultOf(each.url, await httpPost({ url, headers, body: '[]', timeout, signal: context.signal, now: context.now })))
  }
  return results
}

const resultOf = (target: string, outcome: Outcome): CheckResult =>
  outcome.kind === 'taken' ? { target, status: 'taken' } : { target, status: 'failed', why: outcome.why }

function testDelivery({ id, receiver }: DispatchTarget, now: number) {
  const at = toEventTime(now)
  const labels = { alertname: 'shitops_test', severity: 'info', subject: receiver }
  const summary = `This is a test of receiver ${receiver} by shitops alert check: nothing is wrong`
  const alert = {
    fingerprint: '0'.repeat(16),
    active_at: at,
    status: 'firing' as const,
    labels,
    annotations: { summary },
    starts_at: at,
    ends_at: null,
  }
  return {
    ...{ target: id, receiver, groupId: 'test', groupKey: '{}:{alertname="shitops_test"}', groupLabels: { alertname: 'shitops_test' } },
    ...{ idempotencyKey: `test-${id}-${now}`, reason: 'new' as const, attempt: 1, alerts: [alert], truncated: 0 },
  }
}

export function formatChecks(results: readonly CheckResult[]): string {
  return results
    .map(
      ({ target, status, why }) =>
        `${status === 'taken' ? paint.good('taken ') : paint.error('failed')}  ${target}${why ? `: ${why}` : ''}\n`,
    )
    .join('')
}
