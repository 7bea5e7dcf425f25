import { defineSection } from '../section.ts'

const text = 'must not be empty'

/** What `shitops serve` does when its flags say nothing. */
export const serve = defineSection({
  about: 'What shitops serve does when its flags say nothing (docs/server.md).',
  defaults: () => ({}),
  schema: (z) =>
    z.strictObject({
      host: z.string().min(1, text).meta({ description: 'address to listen on', example: '127.0.0.1', byDefault: '127.0.0.1' }).optional(),
      port: z.int().min(0).max(65_535).meta({ description: 'its port; 0 is any free one', example: 7468, byDefault: '7468' }).optional(),
      tokenFile: z
        .string()
        .min(1, text)
        .meta({ description: 'file with the tokens that are taken (mode 0600)', example: '/etc/shitops/serve-tokens' })
        .optional(),
      serverCert: z.string().min(1, text).meta({ description: 'certificate in PEM', example: '/etc/shitops/serve.pem' }).optional(),
      serverKey: z
        .string()
        .min(1, text)
        .meta({ description: 'its key in PEM (mode 0600)', example: '/etc/shitops/serve-key.pem' })
        .optional(),
      allowHost: z
        .array(z.string().min(1, text))
        .meta({ description: 'names beside localhost that requests may use', example: ['dash.example'] })
        .optional(),
      allowOrigin: z
        .array(z.string().regex(/^https?:\/\/[^/\s]+$/, 'must be an origin such as https://dash.example'))
        .meta({ description: 'pages of other origins that may use the server', example: ['https://dash.example'] })
        .optional(),
      notify: z.boolean().meta({ description: 'tell receivers of alerts too', example: true, byDefault: 'no' }).optional(),
      minCount: z
        .int()
        .min(2)
        .meta({ description: 'smallest team that numbers and alerts are told of', example: 5, byDefault: '5' })
        .optional(),
    }),
})
