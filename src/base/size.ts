/** Bytes of each unit. */
const UNITS: Readonly<Record<string, number>> = { '': 1, B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }

/** What a size may look like, for error messages. */
export const SIZE_FORMS = '65536, 64KiB, 1MiB or 1.5GiB'

/** A size such as `64MiB` in bytes; undefined when it is none. Without a unit it is bytes. */
export function parseSize(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? []
  const factor = UNITS[unit]
  if (amount === undefined || factor === undefined) return undefined
  const bytes = Math.round(Number(amount) * factor)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}
