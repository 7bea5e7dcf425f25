import { z } from 'zod'
import { text } from './fields.ts'

/** Lower-case hexadecimal: a hash of the sorted labels, so the same incident has the same one in every run. */
export const fingerprint = () =>
  z
    .string()
    .regex(/^[0-9a-f]{16,64}$/, 'must be 16 to 64 hexadecimal digits')
    .meta({ description: 'hash of the sorted labels: the incident, whenever it comes; the key of the record' })

export const alertName = () => text('name of the alert, usually that of its insight')
