import { z } from 'zod'
import { slug } from './fields.ts'

/** Absent where there is one LibreNMS; with several, ids are only unique within one. */
export const instanceField = () => slug('which LibreNMS, where there are several; then the first part of the key').optional()

/** What has no field of its own, so that nothing the API says is lost. */
export const otherColumns = () =>
  z
    .record(z.string(), z.unknown())
    .meta({ description: 'other columns of the row as the API gave them; secrets removed by name, 64-bit integers as text' })
    .optional()

/** Event severities of LibreNMS (LibreNMS\Enum\Severity): 0 unknown, 1 ok, 2 info, 3 notice, 4 warning, 5 error. */
export const eventSeverity = () =>
  z.int().min(0).max(5).meta({ description: 'LibreNMS severity: 0 unknown, 1 ok, 2 info, 3 notice, 4 warning, 5 error' })
