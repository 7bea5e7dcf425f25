import type { z } from 'zod'
import { KAFKA_OPTIONS, type KafkaOption } from '../../bus/kafka/options.ts'
import { defaultBusDir } from '../bus-dir.ts'
import type { Entry } from '../origin.ts'
import { defineSection, type FieldMeta, type Zod } from '../section.ts'

/** Options whose default says nothing about what could stand there. */
const EXAMPLES: Partial<Record<KafkaOption, string>> = {
  rack: 'dc-1',
  tlsCa: '/etc/shitops/kafka-ca.pem',
  tlsCert: '/etc/shitops/client.pem',
  tlsKey: '/etc/shitops/client-key.pem',
  tlsServerName: 'kafka.internal',
  saslUsername: 'shitops',
  saslPasswordFile: '/etc/shitops/kafka-password',
  saslPasswordEnv: 'KAFKA_PASSWORD',
  saslTokenFile: '/etc/shitops/kafka-token',
  saslTokenEnv: 'KAFKA_TOKEN',
  spool: '/var/lib/shitops/spool',
}

/** Where the events are. Kafka's options are those of its URL, by the same names (docs/bus.md). */
export const bus = defineSection({
  about: 'Where the events are. Everything but url is for Kafka: the options of its URL, by the same names.',
  defaults: (env) => ({ url: `embedded:${defaultBusDir(env)}` }),
  schema: (z) => z.strictObject({ url: urlField(z), ...kafkaFields(z) }),
  effective: besideTheUrl,
})

/**
 * Kafka's options belong to the URL they stand beside. Those from a weaker place than the URL do not count, so that a URL named on the
 * command line, or in the file of some folder, never receives the password meant for another one.
 */
function besideTheUrl(entries: readonly Entry[]): Entry[] {
  const url = entries.find(({ path }) => path === 'bus.url')
  return entries.filter(({ rank }) => rank >= (url?.rank ?? 0))
}

function urlField(z: Zod) {
  const meta: FieldMeta = {
    description: 'embedded:DIR or kafka://HOST:PORT,…; its own options go before the ones below',
    example: 'kafka://kafka-1:9092,kafka-2:9092',
    byDefault: 'embedded:$XDG_DATA_HOME/shitops/bus',
  }
  return z
    .string()
    .regex(/^(embedded:.|kafka:\/\/.)/, 'must be embedded:DIR or kafka://HOST:PORT[,HOST:PORT…]')
    .refine((url) => !/:\/\/[^/?#]*:[^/?#]*@/.test(url), 'must not hold a password: use bus.saslPasswordFile or bus.saslPasswordEnv')
    .meta({ ...meta })
    .optional()
}

type OptionField = ReturnType<typeof optionField>

function kafkaFields(z: Zod) {
  const fields = Object.entries(KAFKA_OPTIONS).map(([name, { kind, about, default: byDefault }]) => {
    const option = name as KafkaOption
    const meta: FieldMeta = {
      description: about,
      ...((kind === 'time' || kind === 'size') && { type: kind }),
      ...(byDefault === '' ? {} : { byDefault }),
      ...(EXAMPLES[option] !== undefined && { example: EXAMPLES[option] }),
    }
    return [
      name,
      optionField(z, kind)
        .meta({ ...meta })
        .optional(),
    ]
  })
  return Object.fromEntries(fields) as { [Name in KafkaOption]: z.ZodOptional<OptionField> }
}

function optionField(z: Zod, kind: (typeof KAFKA_OPTIONS)[KafkaOption]['kind']) {
  if (kind === 'flag') return z.boolean()
  if (kind === 'text') return z.string().min(1, 'must not be empty')
  if (kind === 'time') return textOrNumber(z, /^\d+(ms|s|m|h|d)$/, 'must be a time such as 500ms, 2s or 5m')
  if (kind === 'size') return textOrNumber(z, /^\d+[KMG]iB$/, 'must be a size such as 512KiB, or bytes')
  return z.enum(kind)
}

function textOrNumber(z: Zod, form: RegExp, message: string) {
  return z.union([z.string().regex(form, message), z.int(message).min(1, message)], message)
}
