import type { GnmiTarget } from '../config.ts'
import { type ConnectionSettings, FILE_SETTINGS } from './settings.ts'

/** A target whose secrets and certificates have not been read yet. */
export interface TargetPlan extends Omit<GnmiTarget, 'connection'> {
  addresses: readonly string[]
  /** How it is reached: every layer in one. Targets that are reached alike may share it. */
  how: ConnectionSettings
}

/** The files that have to be read before the targets can be reached, each once. */
export function filesOf(plans: Iterable<TargetPlan>): Set<string> {
  const files = new Set<string>()
  for (const { how } of plans) {
    for (const key of FILE_SETTINGS) {
      const file = how[key]
      if (file !== undefined) files.add(file)
    }
  }
  return files
}
