import { once } from 'node:events'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { parseSize, SIZE_FORMS } from '../../base/size.ts'
import type { Bus } from '../../bus/bus.ts'
import { createMissing } from '../../bus/ops/create-missing.ts'
import { readOrCreateSecret as readOrCreateKey } from '../../collectors/ble/pseudonym-secret.ts'
import type { LibrenmsApi } from '../../collectors/librenms/client/api.ts'
import { AlertTruth } from '../../collectors/librenms/receive/alert-truth.ts'
import { DOORBELL_TOPICS, DoorbellLog } from '../../collectors/librenms/receive/doorbell-log.ts'
import { Receiver } from '../../collectors/librenms/receive/receiver.ts'
import { serveReceiver } from '../../collectors/librenms/receive/server.ts'
import { Counters } from '../../collectors/metrics.ts'
import { defaultSecretPath } from '../../config/pseudonym-secret-path.ts'
import { type ListenAddress, parseListen } from '../gnmi/agent/listen.ts'
import { readServerTls, type ServerTlsFlags } from '../tls-files.ts'
import { type ApiFlags, instanceOf, openApi } from './api-connection.ts'
import { pseudonymOf } from './pseudonym.ts'
import { readOrCreateSecret } from './receive-secret.ts'

export interface ReceiveFlags extends ApiFlags, ServerTlsFlags {
  listen: string
  'secret-file'?: string | undefined
  'plugin-secret-file'?: string | undefined
  'body-limit': string
}

export interface ReceiveContext {
  bus: Bus
  /** Folder of the secrets where no file is named. */
  directory: string
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  logger: Logger
  signal: AbortSignal
}

const TOKEN_VARIABLE = 'SHITOPS_LIBRENMS_TOKEN'

/** Listen until the signal aborts; what was counted. */
export async function runReceive(flags: ReceiveFlags, context: ReceiveContext): Promise<Record<string, number>> {
  const { bus, directory, clock, logger, signal } = context
  const listen = parseListen(flags.listen, 7469)
  const risk = { given: `--listen ${listen.text}`, local: '--listen 127.0.0.1:7469', what: 'the secret' }
  const tls = await readServerTls(flags, listen, risk)
  const bodyLimit = sizeOf(flags['body-limit'])
  const instance = instanceOf(flags)
  const alert = await named(flags['secret-file'] ?? join(directory, 'webhook.secret'))
  const plugin = await named(flags['plugin-secret-file'] ?? join(directory, 'plugin.secret'))
  const metrics = new Counters()
  const written = [...DOORBELL_TOPICS, ...(flags.url === undefined ? [] : ['librenms_alerts'])]
  await createMissing(bus, written)

  const api = flags.url === undefined ? undefined : await openApi({ ...flags, url: flags.url }, context, TOKEN_VARIABLE)
  const truth = api && (await truthOf(api, instance, { ...context, metrics }))
  const writer = ['shitops-librenms-receive', ...(instance === undefined ? [] : [instance]), hostname(), listen.port].join('-')
  // What may not be written is told now, and not to each caller while nobody looks.
  await bus.takeOver(writer, { topics: written })
  const receiver = new Receiver({
    instance,
    alertSecret: alert.secret,
    pluginSecret: plugin.secret,
    log: new DoorbellLog(bus, clock, { source: '/librenms/receive', writer }),
    ...(truth && { onAlert: (id: number) => truth.rang(id) }),
    ...{ clock, metrics, logger },
  })
  await receiver.remember(bus, signal)
  const server = await serveReceiver({ host: listen.host, port: listen.port, tls, receiver, logger, bodyLimit })
  try {
    tell(listen, server.port, tls !== undefined, { alert, plugin }, logger)
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await server.close()
    await truth?.settled()
    api?.close()
  }
  return metrics.toJSON()
}

async function truthOf(
  api: LibrenmsApi,
  instance: string | undefined,
  { bus, env, clock, signal, metrics, logger }: ReceiveContext & { metrics: Counters },
): Promise<AlertTruth> {
  const person = pseudonymOf(await readOrCreateKey(defaultSecretPath(env)))
  const { zone, remarks } = await api.probe()
  for (const remark of remarks) logger.debug(`LibreNMS: ${remark}`)
  return new AlertTruth({ api, bus, instance, zone, person, clock, signal, metrics, logger })
}

interface NamedSecret {
  secret: string
  file: string
  created: boolean
}

const named = async (file: string): Promise<NamedSecret> => ({ ...(await readOrCreateSecret(file)), file })

function sizeOf(text: string): number {
  const size = parseSize(text)
  if (size !== undefined && size > 0) return size
  throw new ShitopsError('SHITOPS_E_USAGE', `--body-limit ${text} is no size: ${SIZE_FORMS}`)
}

/** What a person needs to point LibreNMS here. Never a secret. */
function tell(
  listen: ListenAddress,
  port: number,
  tls: boolean,
  { alert, plugin }: Record<'alert' | 'plugin', NamedSecret>,
  logger: Logger,
): void {
  const base = `${tls ? 'https' : 'http'}://${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${port}`
  const place = ({ file, created }: NamedSecret) => `secret in ${file}${created ? ' (made now)' : ''}`
  logger.info(`alert transport: ${base}/librenms/alert, ${place(alert)}`)
  logger.info(`plugin: ${base}/librenms/plugin, ${place(plugin)}`)
}
