import type { Clock } from '../../base/clock.ts'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import type { ActionName } from '../../collectors/librenms/push/action.ts'
import { ALLOWED_BY_DEFAULT } from '../../collectors/librenms/push/actions/index.ts'
import type { AlertAction } from '../../collectors/librenms/push/alert-commands.ts'
import { PUSH_TOPICS, push } from '../../collectors/librenms/push/push.ts'
import { pushAlerts } from '../../collectors/librenms/push/push-alerts.ts'
import { Counters } from '../../collectors/metrics.ts'
import type { LibrenmsResult } from '../../events/index.ts'
import { writeOut } from '../stdio.ts'
import { type ApiFlags, instanceOf, openApi } from './api-connection.ts'

export interface PushFlags extends ApiFlags {
  url: string
  yes: boolean
  once: boolean
  allow?: readonly ActionName[] | undefined
  alerts?: readonly AlertAction[] | undefined
  rate: number
  'max-age': string
  output: 'table' | 'ndjson'
}

export interface PushContext {
  bus: Bus
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  signal: AbortSignal
  logger: Logger
  /** Print nothing. */
  silent: boolean
}

/** The token that writes may be another than the one that reads. */
const TOKEN_VARIABLE = 'SHITOPS_LIBRENMS_WRITE_TOKEN'

/** Do commands until the signal aborts, or with --once what is there; what was counted. */
export async function runPush(flags: PushFlags, context: PushContext): Promise<Record<string, number>> {
  const { bus, clock, signal, logger } = context
  const maxAge = parseDuration(flags['max-age'])
  if (!maxAge) throw new ShitopsError('SHITOPS_E_USAGE', `--max-age ${flags['max-age']} is no duration: ${DURATION_FORMS}`)
  const instance = instanceOf(flags)
  const metrics = new Counters()
  const ended = new AbortController()
  const both = AbortSignal.any([signal, ended.signal])
  const api = await openApi(flags, { ...context, signal: both }, TOKEN_VARIABLE)
  try {
    const alertActions = new Set(flags.alerts)
    await createMissing(bus, [...PUSH_TOPICS, ...(alertActions.size > 0 ? ['alerts'] : [])])
    if (!flags.yes) logger.info('dry run: nothing is written to LibreNMS; --yes does it')
    const common = { bus, api, instance, write: flags.yes, clock, signal: both, metrics, logger }
    const alerts = alertActions.size > 0 && !flags.once ? pushAlerts({ ...common, actions: alertActions }) : undefined
    const commands = push({
      ...common,
      allowed: new Set([...ALLOWED_BY_DEFAULT, ...(flags.allow ?? [])]),
      perMinute: flags.rate,
      maxAge,
      ...(flags.once && { drain: AbortSignal.abort() }),
      ...(!context.silent && { onResult: (result: LibrenmsResult) => void writeOut(line(result, flags.output)) }),
    })
    // When one of them fails the other must not go on alone.
    const endBoth = (error: unknown) => {
      ended.abort()
      throw error
    }
    await Promise.all([commands.catch(endBoth), alerts?.catch(endBoth)])
  } finally {
    api.close()
  }
  return metrics.toJSON()
}

function line(result: LibrenmsResult, output: PushFlags['output']): string {
  if (output === 'ndjson') return `${JSON.stringify(result)}\n`
  const { outcome, action, device_id: device, command_id: id, detail = '' } = result
  return `${[outcome.padEnd(9), action.padEnd(14), `device ${device}`, id, detail]
    .join('  ')
    .trimEnd()
    .replaceAll(/\p{Cc}/gu, ' ')}\n`
}
