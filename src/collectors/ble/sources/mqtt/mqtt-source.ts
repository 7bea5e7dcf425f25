import { randomBytes } from 'node:crypto'
import type { IClientOptions, MqttClient } from 'mqtt'
import { commonJs } from '../../../../base/common-js.ts'
import { messageOf, ShitopsError } from '../../../../base/errors.ts'
import type { Advertisement } from '../../advertisement.ts'
import { Problem } from '../../decode/problem.ts'
import { Mailbox } from '../mailbox.ts'
import { Problems } from '../problems.ts'
import type { SourceContext } from '../source.ts'
import { type BrokerUrl, parseBrokerUrl } from './broker-url.ts'
import { readMessage } from './message.ts'

/** Advertisements that may wait for a slow reader; beyond that the oldest go. */
const MOST_WAITING = 10_000
const CONNECT_TIMEOUT_MS = 10_000
const RECONNECT_MS = 1_000

/** Why a broker refuses: bad user or password, not authorised, in MQTT 3.1.1 and in MQTT 5. */
const REFUSED: ReadonlySet<unknown> = new Set([4, 5, 134, 135])
/** From here on a granted QoS is a refusal (MQTT 3.1.1, 3.9.3). */
const SUBSCRIPTION_REFUSED = 128

/**
 * What gateways in the rooms publish (QoS 0). Each message is stamped on arrival. A connection that breaks comes back by itself; retained
 * messages are of the past and are passed over.
 *
 * @throws SHITOPS_E_USAGE, SHITOPS_E_MQTT_UNAVAILABLE, SHITOPS_E_MQTT_REFUSED
 */
export async function openMqtt(
  spec: string,
  context: SourceContext,
  { password }: { password?: string } = {},
): Promise<AsyncGenerator<readonly Advertisement[]>> {
  const url = parseBrokerUrl(spec)
  const mailbox = new Mailbox<Advertisement>(MOST_WAITING, () => context.metrics.add('dropped'))
  const client = await connect(url, password, context.signal)
  hear(client, mailbox, new Problems(url.broker, context), context)
  if (!context.signal.aborted) await subscribe(client, url, context)
  return advertisements(client, mailbox, context)
}

async function* advertisements(client: MqttClient, mailbox: Mailbox<Advertisement>, { signal }: SourceContext) {
  const stop = () => mailbox.close()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  try {
    yield* mailbox.batches()
  } finally {
    signal.removeEventListener('abort', stop)
    await client.endAsync(true)
  }
}

async function connect({ broker, username }: BrokerUrl, password: string | undefined, signal: AbortSignal): Promise<MqttClient> {
  const { connect: open } = commonJs(await import('mqtt'))
  const options: IClientOptions = {
    clientId: `shitops-${randomBytes(6).toString('hex')}`,
    clean: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    reconnectPeriod: RECONNECT_MS,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  }
  const client = open(broker, options)
  try {
    await firstAnswer(client, signal)
    return client
  } catch (error) {
    await client.endAsync(true)
    throw refusal(broker, error) ?? unavailable(broker, error)
  }
}

/** Resolves on the connection, or when the signal aborts. The first failure counts: a wrong address is not tried again and again. */
function firstAnswer(client: MqttClient, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once('connect', () => resolve())
    client.once('close', () => reject(new Error('the connection was closed')))
    client.on('error', reject)
    signal.addEventListener('abort', () => resolve(), { once: true })
    if (signal.aborted) resolve()
  })
}

function hear(client: MqttClient, mailbox: Mailbox<Advertisement>, problems: Problems, { clock, receiver, logger }: SourceContext): void {
  client.on('message', (topic, payload, { retain }) => {
    if (retain) return
    const heard = readMessage(topic, payload, clock.now(), receiver)
    if (heard instanceof Problem) problems.add(heard.message)
    else if (heard) mailbox.push(heard)
  })
  const { protocol, host, port } = client.options
  const broker = `${protocol}://${host}:${port}`
  client.on('offline', () => logger.warn(`${broker}: the connection is lost; trying again`))
  client.on('connect', () => logger.info(`${broker}: connected again`))
  client.on('error', (error) => {
    const refused = refusal(broker, error)
    if (refused) mailbox.close(refused)
    else logger.warn(`${broker}: ${messageOf(error)}`)
  })
}

/** A broker may grant some of the filters; with none of them there is nothing to hear. */
async function subscribe(client: MqttClient, { broker, filters }: BrokerUrl, { logger }: SourceContext): Promise<void> {
  try {
    const refused = await client.subscribeAsync([...filters], { qos: 0 }).then(() => [], refusedOf(filters))
    if (refused.length === filters.length) throw refusedSubscription(broker, refused)
    if (refused.length > 0) logger.warn(`${broker} refuses the subscription to ${refused.join(', ')}`)
  } catch (error) {
    await client.endAsync(true)
    throw error instanceof ShitopsError ? error : unavailable(broker, error)
  }
}

/** The client makes one error of it when any filter is refused; the broker's answer, filter by filter, hangs on it. */
const refusedOf = (filters: readonly string[]) => (error: unknown) => {
  const granted = (error as { packet?: { granted?: readonly number[] } }).packet?.granted
  if (!granted) throw error
  return filters.filter((_, i) => (granted[i] ?? SUBSCRIPTION_REFUSED) >= SUBSCRIPTION_REFUSED)
}

const refusedSubscription = (broker: string, filters: readonly string[]) =>
  new ShitopsError('SHITOPS_E_MQTT_REFUSED', `${broker} refuses the subscription to ${filters.join(', ')}`, {
    suggestions: ['--source mqtt://USER@HOST/TOPIC-FILTER, with a topic that the user may read'],
  })

function refusal(broker: string, error: unknown): ShitopsError | undefined {
  if (!REFUSED.has((error as { code?: unknown }).code)) return undefined
  return new ShitopsError('SHITOPS_E_MQTT_REFUSED', `${broker} refuses the connection: ${messageOf(error)}`, {
    suggestions: ['--source mqtt://USER@HOST, with the password where docs/ble-sources.md says'],
    cause: error,
  })
}

const unavailable = (broker: string, error: unknown) =>
  new ShitopsError('SHITOPS_E_MQTT_UNAVAILABLE', `${broker} cannot be reached: ${messageOf(error) || 'no connection'}`, {
    suggestions: ['check that the broker runs and that host and port are right: mosquitto_sub -h HOST -t "#" -C 1'],
    cause: error,
  })
