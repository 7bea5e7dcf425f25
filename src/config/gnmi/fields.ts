import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { parseSize, SIZE_FORMS } from '../../base/size.ts'
import { MAX_SIZE, MIN_KEEPALIVE, MIN_WINDOW } from '../../collectors/gnmi/targets/limits.ts'
import type { FieldMeta, Zod } from '../section.ts'

type About = Omit<FieldMeta, 'description'>

/** The kinds of fields that targets and subscriptions are made of; all of them may be left out. */
export function kinds(z: Zod) {
  const meta = (description: string, about: About = {}) => ({ description, ...about })
  const word = z.string().min(1, 'must not be empty')
  return {
    text: (description: string, about?: About) => word.meta(meta(description, about)).optional(),
    flag: (description: string) => z.boolean().meta(meta(description)).optional(),
    count: (description: string, max: number, about?: About) => z.int().min(0).max(max).meta(meta(description, about)).optional(),
    choice: <const Words extends readonly [string, ...string[]]>(words: Words, description: string, byDefault: Words[number]) =>
      z.enum(words).meta(meta(description, { byDefault })).optional(),
    texts: (description: string, about?: About) => z.array(word).meta(meta(description, about)).optional(),
    oneOrMore: (description: string, about?: About) =>
      z.union([word, z.array(word)], 'must be text, or a list of texts').meta(meta(description, { type: 'text or list', ...about })),
    /** @param min ms */
    time: (description: string, min: number, about?: About) =>
      z
        .string(`must be a duration such as ${DURATION_FORMS}`)
        .refine((text) => within(parseDuration(text), min), `must be a duration such as ${DURATION_FORMS}${least(min)}`)
        .meta(meta(description, { type: 'time', ...about }))
        .optional(),
    /** @param min bytes */
    size: (description: string, min: number, about?: About) => {
      const message = `must be a size such as ${SIZE_FORMS}, from ${min} to ${MAX_SIZE} bytes`
      const text = z.string().refine((size) => within(parseSize(size), min), message)
      return z
        .union([text, z.int(message).min(min, message).max(MAX_SIZE, message)], message)
        .meta(meta(description, { type: 'size', ...about }))
        .optional()
    },
    encoding: (description: string) => {
      const message = `must be ${ENCODINGS.join(', ')}, or the number of another one`
      return z
        .union([z.enum(ENCODINGS, message), z.int(message).min(0, message).max(MAX_SIZE, message)], message)
        .meta(meta(`${description}: ${ENCODINGS.join(', ')}, or a number`, { type: 'name or number', byDefault: 'auto' }))
        .optional()
    },
  }
}

const ENCODINGS = ['auto', 'json', 'json_ietf', 'proto', 'bytes', 'ascii'] as const

const within = (value: number | undefined, min: number) => value !== undefined && value >= min && value <= MAX_SIZE
const least = (min: number) => (min > 1 ? `, ${min / 1_000}s or more` : '')

/** What gRPC sends as metadata; anything else is refused there, with the text in the message. */
const ASCII = /^[\x20-\x7e]+$/

/** How a target is reached, and what its records say about it: of the defaults, of a target, of a rule. */
export function connectionFields(z: Zod) {
  const { text, flag, count, time, size, encoding } = kinds(z)
  const variable = (description: string, example: string) =>
    z
      .string()
      .regex(/^[A-Za-z_]\w*$/, 'must be the name of an environment variable')
      .meta({ description, example })
      .optional()
  return {
    port: count('port of addresses that name none', 65_535, { byDefault: '9339', example: 57400 }),
    username: z
      .string()
      .regex(ASCII, 'must be ASCII, for gRPC sends no other')
      .meta({ description: 'who logs in', example: 'telemetry' })
      .optional(),
    passwordFile: text('file with the password (mode 0600)', { example: '/etc/shitops/gnmi-password' }),
    passwordEnv: variable('variable with the password', 'GNMI_PASSWORD'),
    tokenFile: text('file with a bearer token (mode 0600), sent over TLS only', { example: '/etc/shitops/gnmi-token' }),
    tokenEnv: variable('variable with a bearer token', 'GNMI_TOKEN'),
    insecure: flag('plaintext, without TLS'),
    skipVerify: flag('TLS with whoever answers: no certificate is checked'),
    tlsCaFile: text("certificates that may vouch for the target (PEM) instead of the system's", { example: '/etc/shitops/gnmi-ca.pem' }),
    tlsCertFile: text('certificate of this client (PEM)', { example: '/etc/shitops/gnmi-client.pem' }),
    tlsKeyFile: text('its private key (PEM, mode 0600)', { example: '/etc/shitops/gnmi-client.key' }),
    tlsServerName: text("name in the target's certificate, where it is not the address", { example: 'access-1.example' }),
    connectTimeout: time('how long a connection may take to be made', 1, { byDefault: '10s' }),
    keepalive: time('ping the target so often; many do not like it', MIN_KEEPALIVE, { example: '60s' }),
    windowSize: size('HTTP/2 flow control window; 1MiB serves targets far away', MIN_WINDOW, { example: '1MiB' }),
    maxMessageSize: size('largest message that is taken', 1, { byDefault: '64MiB' }),
    encoding: encoding('how values are sent where a subscription does not say it'),
    role: text('what the device is, in its records', { example: 'switch' }),
    team: text('whose it is, in its records', { example: 'network' }),
    site: text('where it is, in its records', { example: 'hq' }),
  }
}

/** Paths, and how they are sent. */
export function groupFields(z: Zod) {
  const { choice, flag, time } = kinds(z)
  return {
    streamMode: choice(['sample', 'on-change', 'target-defined'], 'how a stream sends the paths', 'sample'),
    sampleInterval: time('between two samples; 0s is as fast as the target can', 0, { byDefault: '10s' }),
    heartbeatInterval: time('send at least so often: with on-change, or with suppressRedundant', 1),
    suppressRedundant: flag('samples leave out what has not changed'),
  }
}
