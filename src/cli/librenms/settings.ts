import { parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'
import { namedZone, type OffsetAt } from '../../collectors/librenms/client/zone.ts'
import { DEFAULT_TAIL_INTERVAL } from '../../collectors/librenms/config.ts'
import type { Config } from '../../config/sections/index.ts'
import type { ApiFlags } from './api-connection.ts'

export interface SyncFlags extends ApiFlags {
  'tail-interval'?: string | undefined
  timezone?: string | undefined
  'kafka-topic'?: string | undefined
}

/**
 * The flags, and behind them the section `librenms`. An address that is typed comes without the token of the configured one: it may be
 * another's.
 * @throws SHITOPS_E_USAGE without an address
 */
export function librenmsFlags<Flags extends SyncFlags>(flags: Flags, config: Config['librenms']): Flags & { url: string } {
  const url = flags.url ?? config.url
  if (url === undefined) {
    throw new ShitopsError('SHITOPS_E_USAGE', 'which LibreNMS? There is no address', {
      suggestions: ['--url https://nms.example --token-file FILE', 'librenms.url in shitops.yaml'],
    })
  }
  const same = url === config.url
  return {
    ...flags,
    url,
    'token-file': flags['token-file'] ?? (same ? config.tokenFile : undefined),
    'tls-ca': flags['tls-ca'] ?? (same ? config.tlsCa : undefined),
    'skip-verify': flags['skip-verify'] || (same && config.skipVerify === true),
    instance: flags.instance ?? (same ? config.instance : undefined),
    timezone: flags.timezone ?? (same ? config.timezone : undefined),
    'tail-interval': flags['tail-interval'] ?? config.tailInterval,
    'kafka-topic': flags['kafka-topic'] ?? (same ? config.kafkaTopic : undefined),
  }
}

/** ms. @throws SHITOPS_E_USAGE */
export function tailInterval(text: string | undefined): number {
  if (text === undefined) return DEFAULT_TAIL_INTERVAL
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= 1_000) return ms
  throw new ShitopsError('SHITOPS_E_USAGE', `--tail-interval "${text}" is no duration of a second or more, such as 5s, 15m or 1h30m`, {
    suggestions: ['--tail-interval 5s'],
  })
}

/** @throws SHITOPS_E_USAGE for a zone that is not in the data base */
export function zoneOf(name: string | undefined): OffsetAt | undefined {
  if (name === undefined) return undefined
  const zone = namedZone(name)
  if (zone) return zone
  throw new ShitopsError('SHITOPS_E_USAGE', `--timezone "${name}" is no time zone`, { suggestions: ['--timezone Europe/Berlin'] })
}
