import { ShitopsError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'
import { KAFKA_OPTIONS, type KafkaOption, type KafkaOptionValues, type OptionKind } from './options.ts'

export interface Address {
  host: string
  port: number
}

export interface KafkaSettings extends KafkaOptionValues {
  /** The URL as given: it cannot carry a secret. */
  url: string
  brokers: readonly Address[]
}

const DEFAULT_PORT = 9092
const NAMES = Object.keys(KAFKA_OPTIONS) as KafkaOption[]

/**
 * Read `kafka://[USER@]HOST[:PORT][,HOST[:PORT]…][?option=value&…]`. Not a WHATWG URL: that knows one host only.
 * Rejects with SHITOPS_E_BUS_URL; no message repeats a password that was put in the URL by mistake.
 */
export function parseKafkaUrl(url: string): KafkaSettings {
  // A password with a "?" in it would pass for hosts and options, and be repeated as such.
  if (/\?.*@/s.test(url)) {
    throw badUrl('a Kafka URL has an "@" after its first "?": in an option it is written %40, and passwords do not belong in the URL')
  }
  const match = /^kafka:\/\/(?:([^/?#@]*)@)?([^/?#@]+)\/?(?:\?([^#]*))?$/.exec(url)
  const [, user, hosts, query] = match ?? []
  if (hosts === undefined) throw badUrl('a bus URL must look like kafka://HOST:PORT[,HOST:PORT…][?option=value]')
  if (user?.includes(':')) {
    throw badUrl(`the URL of the bus at ${hosts} has a password in it, where it shows in process lists and logs`, [
      `kafka://${user.slice(0, user.indexOf(':'))}@${hosts}?sasl=scram-sha-512&saslPasswordFile=FILE`,
      'or name an environment variable with saslPasswordEnv=NAME',
    ])
  }
  const brokers = hosts.split(',').map(parseAddress)
  const values = parseOptions(query ?? '')
  if (user) values.saslUsername = decodeUser(user)
  if (values.tlsCa || values.tlsCert || values.tlsKey || values.tlsServerName) values.tls = true
  checkTogether(values)
  return { url, brokers, ...values }
}

function parseAddress(text: string): Address {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text)
  const [, host, port = String(DEFAULT_PORT)] = match ?? []
  if (host === undefined || Number(port) > 65_535 || Number(port) === 0) {
    // After a colon may be a password that was put in the wrong place.
    throw badUrl(
      text.includes(':') ? 'a broker is not given as HOST:PORT, with a port of 1 to 65535' : `"${text}" is not a broker's HOST:PORT`,
    )
  }
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

function decodeUser(user: string): string {
  try {
    return decodeURIComponent(user)
  } catch {
    throw badUrl(`the user "${user}" in a Kafka URL is not percent-encoded UTF-8; "%" itself is written %25`)
  }
}

function parseOptions(query: string): KafkaOptionValues {
  const given = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (/password$/i.test(name)) {
      throw badUrl(`"${name}" puts a password into the URL, where it shows in process lists and logs`, [
        'saslPasswordFile=FILE',
        'saslPasswordEnv=NAME',
      ])
    }
    if (!Object.hasOwn(KAFKA_OPTIONS, name)) {
      const like = nearest(name, NAMES)
      throw badUrl(`a Kafka URL has no option "${name}"`, [like ? `${like}=` : `one of ${NAMES.join(', ')}`])
    }
    given.set(name, value)
  }
  const values = NAMES.map((name) => [name, parseValue(name, given.get(name) ?? KAFKA_OPTIONS[name].default)])
  return Object.fromEntries(values) as KafkaOptionValues
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
}

function parseValue(name: KafkaOption, text: string): string | boolean | number {
  const kind: OptionKind = KAFKA_OPTIONS[name].kind
  if (kind === 'text') return text
  if (kind === 'flag') {
    if (text === 'true' || text === 'false') return text === 'true'
    throw badUrl(`${name}=${text}: true or false`)
  }
  if (kind === 'time' || kind === 'size') {
    const [, digits, unit = ''] = /^(\d+)([A-Za-z]*)$/.exec(text) ?? []
    const factor = unit === '' ? 1 : (kind === 'time') === !unit.endsWith('B') ? UNITS[unit] : undefined
    const value = Number(digits) * (factor ?? Number.NaN)
    // What goes over the wire, or into a timer, has 31 bits; a spool is ours alone.
    if (value > 0 && value <= (name.startsWith('spool') ? Number.MAX_SAFE_INTEGER : 0x7fffffff)) return value
    throw badUrl(`${name}=${text}: a ${kind} such as ${KAFKA_OPTIONS[name].default}`)
  }
  const choice = text.toLowerCase()
  if (kind.includes(choice)) return choice
  throw badUrl(`${name}=${text}: one of ${kind.join(', ')}`, [`${name}=${nearest(choice, kind) ?? kind[0]}`])
}

function checkTogether(values: KafkaOptionValues): void {
  if (Boolean(values.tlsCert) !== Boolean(values.tlsKey))
    throw badUrl('tlsCert and tlsKey belong together: the client certificate and its key')
  const asked = values.saslUsername || values.saslPasswordFile || values.saslPasswordEnv
  if (asked && values.sasl === 'none') throw badUrl('a user is named, but not how to log in', ['sasl=scram-sha-512', 'sasl=plain'])
  const token = values.saslTokenFile || values.saslTokenEnv
  if (token && values.sasl !== 'oauthbearer') throw badUrl('a token is named, but not how to log in', ['sasl=oauthbearer'])
  if (values.saslTokenFile && values.saslTokenEnv) throw badUrl('saslTokenFile and saslTokenEnv: give one of them')
  if (values.sasl !== 'none' && values.sasl !== 'oauthbearer' && !values.saslUsername)
    throw badUrl(`sasl=${values.sasl} needs saslUsername=`)
  if (values.saslPasswordFile && values.saslPasswordEnv) throw badUrl('saslPasswordFile and saslPasswordEnv: give one of them')
}

function badUrl(message: string, suggestions: string[] = []): ShitopsError {
  return new ShitopsError('SHITOPS_E_BUS_URL', message, {
    suggestions: suggestions.length > 0 ? suggestions : ['--bus kafka://localhost:9092', 'docs/bus.md lists every option'],
  })
}
