import { targetsShape } from '../gnmi/schema.ts'
import type { Entry } from '../origin.ts'
import { defineSection } from '../section.ts'

/** What `shitops gnmi` collects from: docs/gnmi-targets.md. */
export const gnmi = defineSection({
  about: 'The devices that shitops gnmi subscribe collects from, and what it asks them for (docs/gnmi-targets.md).',
  defaults: () => ({}),
  schema: (z) =>
    z.strictObject({
      targetsFile: z
        .string()
        .min(1, 'must not be empty')
        .meta({
          description: 'file with more defaults, subscriptions, targets and librenms, watched while shitops runs',
          example: '/etc/shitops/gnmi-targets.yaml',
        })
        .optional(),
      mappings: z
        .array(z.string().min(1, 'must not be empty'))
        .meta({ description: 'files with mappings to device_metrics of your own', example: ['/etc/shitops/mappings.yaml'] })
        .optional(),
      ...targetsShape(z),
    }),
  effective: besideTheTargets,
})

const WHICH = ['gnmi.targets', 'gnmi.targetsFile', 'gnmi.librenms.rules']

/**
 * Credentials belong to the targets they stand beside. Defaults from a weaker place than the strongest one that names targets do not count,
 * nor do that place's targets, so that a target in the file of some folder never receives the password meant for others.
 */
function besideTheTargets(entries: readonly Entry[]): Entry[] {
  const strongest = Math.max(0, ...entries.filter(({ path }) => WHICH.includes(path)).map(({ rank }) => rank))
  const bound = (path: string) => WHICH.includes(path) || path.startsWith('gnmi.defaults.')
  return entries.filter(({ path, rank }) => !bound(path) || rank >= strongest)
}
