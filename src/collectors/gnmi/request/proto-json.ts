import type { DurationMessage } from './extensions.ts'

/**
 * A request in protobuf's JSON mapping, from the plain object that proto-loader takes: names in camelCase, bytes in base64, durations in
 * seconds. 64-bit integers are text already, as the mapping wants them.
 */
export function protoJson(message: object): object {
  return Object.fromEntries(Object.entries(message).map(([name, value]) => [camelCase(name), jsonOf(name, value)]))
}

function jsonOf(name: string, value: unknown): unknown {
  if (Buffer.isBuffer(value)) return value.toString('base64')
  // The one map of gNMI: its names are the device's.
  if (name === 'key') return value
  if (name === 'rollback_duration') return secondsOf(value as DurationMessage)
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  if (Array.isArray(value)) return value.map((entry) => (typeof entry === 'object' && entry !== null ? protoJson(entry) : entry))
  return typeof value === 'object' && value !== null ? protoJson(value) : value
}

function secondsOf({ seconds, nanos }: DurationMessage): string {
  return nanos === 0
    ? `${seconds}s`
    : `${seconds}.${String(nanos)
        .padStart(9, '0')
        .replace(/(000){1,2}$/, '')}s`
}

const camelCase = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
