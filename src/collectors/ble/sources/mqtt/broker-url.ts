import { ShitopsError } from '../../../../base/errors.ts'

export interface BrokerUrl {
  /** `mqtt://host:1883`, without user and topic: fit for messages */
  broker: string
  username: string | undefined
  /** Topic filters to subscribe to. */
  filters: readonly string[]
}

/**
 * Where the gateways that are read out of the box publish: Theengs gateway and OpenMQTTGateway, ESPresense, and ESPHome as docs/ble-sources.md
 * sets it up.
 */
const DEFAULT_FILTERS: readonly string[] = ['home/+/BTtoMQTT/#', 'espresense/devices/#', 'esphome/+/ble']

/**
 * Read `mqtt://[USER@]HOST[:PORT][/TOPIC-FILTER]`, `mqtts://` for TLS. Wildcards stand for themselves: `mqtt://host/home/+/BTtoMQTT/#`.
 * @throws SHITOPS_E_USAGE
 */
export function parseBrokerUrl(text: string): BrokerUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !/^mqtts?:$/.test(url.protocol) || url.hostname === '')
    throw unusable('it is not of the form mqtt://HOST[:PORT][/TOPIC-FILTER]')
  if (url.password !== '') throw unusable('it carries a password, which everybody on this machine can see')
  // Taken from the text: '#' is a wildcard here, though it begins a fragment in a URL.
  const filter = /^\w+:\/\/[^/?#]*\/?(.*)$/.exec(text)?.[1] ?? ''
  return {
    broker: `${url.protocol}//${url.host}`,
    username: url.username === '' ? undefined : decoded(url.username),
    filters: filter === '' ? DEFAULT_FILTERS : [filter],
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const unusable = (why: string) =>
  new ShitopsError('SHITOPS_E_USAGE', `the MQTT source cannot be used: ${why}`, {
    suggestions: ['--source mqtt://localhost', '--source mqtts://user@broker/home/+/BTtoMQTT/# (the password: see docs/ble-sources.md)'],
  })
