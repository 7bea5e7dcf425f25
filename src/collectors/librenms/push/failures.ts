import { ShitopsError } from '../../../base/errors.ts'
import { LibrenmsFailure } from '../client/failures.ts'

/** What LibreNMS, or the way to it, did wrong; everything else is a mistake of ours. */
export const isApiFailure = (error: unknown): error is ShitopsError =>
  error instanceof ShitopsError && error.code.startsWith('SHITOPS_E_LIBRENMS_')

/** No LibreNMS there just now, as against one that says no. */
const PASSING: ReadonlySet<string> = new Set([
  'SHITOPS_E_LIBRENMS_UNREACHABLE',
  'SHITOPS_E_LIBRENMS_TIMEOUT',
  'SHITOPS_E_LIBRENMS_RATE_LIMITED',
  'SHITOPS_E_LIBRENMS_BROKEN',
  'SHITOPS_E_LIBRENMS_CIRCUIT',
  'SHITOPS_E_LIBRENMS_NOT_API',
])

/** Whether trying again later may help. */
export const passes = (failure: ShitopsError): boolean =>
  PASSING.has(failure.code) || (failure instanceof LibrenmsFailure && failure.passing)

/** LibreNMS's status, where it answered. */
export const statusOf = (failure: ShitopsError): number | null => (failure instanceof LibrenmsFailure ? (failure.status ?? null) : null)
