import { parseDuration } from '../../base/duration.ts'
import type { Entry } from '../origin.ts'
import { defineSection } from '../section.ts'

const text = 'must not be empty'

/** Which LibreNMS, and how it is followed: docs/librenms.md. */
export const librenms = defineSection({
  about: 'The LibreNMS that shitops librenms sync follows (docs/librenms.md).',
  defaults: () => ({}),
  schema: (z) =>
    z.strictObject({
      url: z
        .string()
        .regex(/^https?:\/\/[^@?#]+$/, 'must be an address such as https://nms.example, without credentials')
        .meta({ description: 'its web address', example: 'https://nms.example' })
        .optional(),
      tokenFile: z
        .string()
        .min(1, text)
        .meta({ description: 'file with the API token (mode 0600)', example: '/etc/shitops/librenms-token' })
        .optional(),
      tlsCa: z
        .string()
        .min(1, text)
        .meta({ description: 'PEM of the authority that signed its certificate', example: '/etc/shitops/nms-ca.pem' })
        .optional(),
      skipVerify: z.boolean().meta({ description: 'take any certificate of it' }).optional(),
      instance: z
        .string()
        .regex(/^[a-z][a-z0-9_-]*$/, 'must be lower-case letters, digits, _ and -, a letter first')
        .meta({ description: 'which LibreNMS it is, where there are several', example: 'hq' })
        .optional(),
      timezone: z
        .string()
        .min(1, text)
        .meta({ description: "the server's time zone, where it cannot be told from its times", example: 'Europe/Berlin' })
        .optional(),
      tailInterval: z
        .string()
        .refine((interval) => (parseDuration(interval) ?? 0) >= 1_000, 'must be a duration such as 15s, 1s or more')
        .meta({ description: 'between two looks at its logs', type: 'time', byDefault: '15s', example: '5s' })
        .optional(),
      kafkaTopic: z
        .string()
        .min(1, text)
        .meta({ description: 'topic of its own Kafka data store, on the same bus, as a source of metrics', example: 'librenms' })
        .optional(),
    }),
  effective: besideTheUrl,
})

/** The token belongs to the address that it stands beside: one from a weaker place than the address does not count. */
function besideTheUrl(entries: readonly Entry[]): Entry[] {
  const url = entries.find(({ path }) => path === 'librenms.url')
  const bound = ['librenms.tokenFile', 'librenms.tlsCa', 'librenms.skipVerify', 'librenms.instance']
  return entries.filter(({ path, rank }) => !bound.includes(path) || rank >= (url?.rank ?? 0))
}
