import { ShitopsError } from '../../../base/errors.ts'
import { type TimeZone, timeZone } from '../../../base/time-zone.ts'

/**
 * The zone that the local times of a log are in.
 * @throws SHITOPS_E_USAGE for a name that is neither an IANA zone nor an offset
 */
export function logZone(name: string): TimeZone {
  const zone = timeZone(name)
  if (zone) return zone
  throw new ShitopsError('SHITOPS_E_USAGE', `"${name}" is not a time zone`, {
    suggestions: ['--zone Europe/Berlin', '--zone +01:00', '--zone UTC'],
  })
}
