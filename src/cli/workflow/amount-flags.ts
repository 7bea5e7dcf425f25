import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { ShitopsError } from '../../base/errors.ts'

/** A duration in ms, longer than 0. SHITOPS_E_USAGE */
export function durationFlag(flag: string, text: string): number
export function durationFlag(flag: string, text: string | undefined): number | undefined
export function durationFlag(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0) return ms
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} ${text}: a duration is wanted, ${DURATION_FORMS}`, { suggestions: [`--${flag} 7d`] })
}

/** A number from 0 to 1. SHITOPS_E_USAGE */
export function shareFlag(flag: string, text: string): number {
  const share = text.trim() === '' ? Number.NaN : Number(text)
  if (share >= 0 && share <= 1) return share
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} ${text}: a number from 0 to 1 is wanted`, { suggestions: [`--${flag} 0.9`] })
}

/** A number above 0. SHITOPS_E_USAGE */
export function positiveFlag(flag: string, text: string): number {
  const number = text.trim() === '' ? Number.NaN : Number(text)
  if (number > 0 && Number.isFinite(number)) return number
  throw new ShitopsError('SHITOPS_E_USAGE', `--${flag} ${text}: a number above 0 is wanted`, { suggestions: [`--${flag} 5`] })
}
