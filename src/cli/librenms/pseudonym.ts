import { createHmac } from 'node:crypto'

/** Who did something in LibreNMS, never by name: the same hash for the same name under the same key. */
export const pseudonymOf =
  (secret: Buffer) =>
  (name: string): string =>
    `person_${createHmac('sha256', secret).update(`librenms\0${name}`).digest('hex').slice(0, 12)}`
