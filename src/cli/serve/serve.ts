import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { AlertSettings } from '../../alerts/notify/settings.ts'
import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import { packageFile } from '../../base/package-file.ts'
import { plural } from '../../base/plural.ts'
import type { Bus } from '../../bus/bus.ts'
import { builtInInsights } from '../../insights/library.ts'
import { serve } from '../../server/serve.ts'
import type { NotifyResult } from '../alert/notify.ts'
import { readServerTls, type ServerTlsFlags } from '../tls-files.ts'
import { checkReceivers, tellBeside } from './tell-beside.ts'
import { readTokens } from './token-source.ts'

export interface ServeFlags extends ServerTlsFlags {
  host: string
  port: number
  'token-file'?: string | undefined
  'allow-host'?: string[] | undefined
  'allow-origin'?: string[] | undefined
  'allow-writes': boolean
  'max-clients': number
  'min-count'?: number | undefined
  notify?: boolean | undefined
}

export interface ServeContext {
  /** Called once the flags are known to be good. */
  open(): Promise<Bus>
  /** Folder of the tokens where no file is named. */
  directory: string
  env: Readonly<Record<string, string | undefined>>
  clock: Clock
  logger: Logger
  signal: AbortSignal
  /** Who is told of alerts; asked for with --notify alone. */
  alerts(): Promise<AlertSettings>
  /** A person's terminal, where there is one: the only place where a token is ever shown. */
  terminal?: { write(text: string): unknown } | undefined
}

/** What was done, for --json. */
export interface ServeResult {
  clients: number
  frames: number
  coalesced: number
  /** With --notify: what receivers were told. */
  told?: NotifyResult
}

/** Serve until the signal aborts. */
export async function runServe(
  flags: ServeFlags,
  { open, directory, env, clock, logger, signal, alerts, terminal }: ServeContext,
): Promise<ServeResult> {
  const { host, port } = flags
  const listen = { host, port, text: `${host}:${port}` }
  const tls = await readServerTls(flags, listen, { given: `--host ${host}`, local: '--host 127.0.0.1', what: 'tokens' })
  const { tokens, place, created, own: ownToken } = await readTokens(flags['token-file'], env, directory)
  const settings = flags.notify ? await alerts() : undefined
  if (settings) await checkReceivers(settings, env, clock)
  const insights = new Map((await builtInInsights()).map(({ name, alert: { channel } }) => [name, channel]))
  const { version } = JSON.parse(await readFile(packageFile('package.json'), 'utf8')) as { version: string }
  const bus = await open()
  const own = host === '0.0.0.0' || host === '::' ? [] : [host.includes(':') ? `[${host}]` : host.toLowerCase()]
  const places = {
    hosts: [...own, ...(flags['allow-host'] ?? []).map((name) => name.toLowerCase())],
    origins: (flags['allow-origin'] ?? []).map((origin) => origin.toLowerCase().replace(/\/$/, '')),
  }
  const server = await serve({
    ...{ bus, clock, logger, tokens, places, host, port, tls, insights, version },
    writable: flags['allow-writes'],
    webRoot: packageFile('dist/web'),
    maxClients: flags['max-clients'],
    minCount: flags['min-count'],
  })
  const failed = new AbortController()
  const telling = settings && tellBeside(settings, { open, logger, signal: AbortSignal.any([signal, failed.signal]), env, clock })
  let told: NotifyResult | undefined
  try {
    logger.info(
      `Listening on ${server.url}${flags['allow-writes'] ? '' : ', read-only'}; ${plural(tokens.count, 'token')} in ${place}${created ? ' (made now)' : ''}`,
    )
    // Behind the #, which no browser sends: it is in no server's log.
    if (terminal && ownToken !== undefined) terminal.write(`Open ${server.url}/#token=${ownToken}\n`)
    await Promise.race([server.loaded.then(() => logger.info('Ready: the bus has been read.')), aborted(signal)])
    await aborted(signal)
  } finally {
    failed.abort()
    await server.close()
    told = await telling
  }
  const { opened } = server.door.counts
  const { frames, coalesced } = server.hub.counts
  return { clients: opened, frames, coalesced, ...(told && { told }) }
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
