/** A path message of text without escapes: `/interfaces/interface[name=eth0]/state`. */
export function pathMessage(text: string, origin = ''): object {
  const elem = [...text.matchAll(/\/((?:[^/[\]]|\[[^\]]*\])+)/g)].map(([, part]) => {
    const [name = ''] = (part as string).split('[')
    return {
      name,
      key: Object.fromEntries([...(part as string).matchAll(/\[([^=\]]*)=([^\]]*)\]/g)].map(([, key, value]) => [key, value])),
    }
  })
  return { ...(origin && { origin }), elem }
}

export interface MessageOptions {
  prefix?: string
  origin?: string
  deletes?: readonly string[]
}

/** A TypedValue: numbers as uint_val, text as string_val, whatever else as it is. */
const typed = (value: unknown) => {
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0))
    return { uint_val: String(value) }
  if (typeof value === 'number') return { double_val: value }
  return typeof value === 'string' ? { string_val: value } : value
}

/** JSON_IETF, of a value or of text that is to be taken for JSON. */
export const json = (value: unknown) => ({
  json_ietf_val: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64'),
})

/** A SubscribeResponse at a time in ms, of values by path. */
export function message(
  time: number,
  values: Readonly<Record<string, unknown>>,
  { prefix, origin, deletes = [] }: MessageOptions = {},
): object {
  return {
    update: {
      timestamp: String(BigInt(Math.round(time)) * 1_000_000n),
      ...((prefix !== undefined || origin) && { prefix: pathMessage(prefix ?? '', origin) }),
      update: Object.entries(values).map(([path, value]) => ({ path: pathMessage(path), val: typed(value) })),
      delete: deletes.map((path) => pathMessage(path)),
    },
  }
}

/** Counters of an OpenConfig interface, in one notification with a prefix. */
export const counters = (time: number, name: string, values: Readonly<Record<string, unknown>>) =>
  message(time, Object.fromEntries(Object.entries(values).map(([leaf, value]) => [`/${leaf}`, value])), {
    prefix: `/interfaces/interface[name=${name}]/state/counters`,
  })
