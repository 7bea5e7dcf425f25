/** A decoded SubscribeResponse with a notification, as proto-loader hands it over with the options that most clients have. */
export interface PlainResponse {
  update: {
    timestamp: string
    prefix: (PlainPath & { target: string }) | null
    update: Array<{ path: PlainPath; val: { value: string; uint_val: string; json_ietf_val: Buffer } }>
  }
}

interface PlainPath {
  origin: string
  elem: Array<{ name: string; key: Record<string, string> }>
}

/** What one gives proto-loader first. */
export const USUAL_OPTIONS = { keepCase: true, longs: String, enums: String, defaults: true, oneofs: true }

const exact = (digits: string) => (digits.length < 16 || Number.isSafeInteger(Number(digits)) ? Number(digits) : digits)

/** The notification as gnmic's events, one line an update, the way one writes it first: objects and JSON.stringify. */
export function plainEvents({ update: notification }: PlainResponse, more: Record<string, string> = {}): string {
  const { prefix, timestamp } = notification
  let lines = ''
  for (const { path, val } of notification.update) {
    const origin = prefix?.origin || path.origin
    const tags: Record<string, string> = {}
    const elems = [...(prefix?.elem ?? []), ...path.elem]
    for (const { name, key } of elems) {
      for (const k in key) tags[`${name}_${k}`] = key[k] as string
    }
    if (prefix?.target) tags.target = prefix.target
    Object.assign(tags, more)
    const name = `${origin}:/${elems.map((elem) => elem.name).join('/')}`
    const values: Record<string, unknown> = {}
    if (val.value === 'uint_val') values[name] = exact(val.uint_val)
    else {
      const value = JSON.parse(val.json_ietf_val.toString())
      if (typeof value === 'object') for (const key in value) values[`${name}/${key}`] = value[key]
      else values[name] = value
    }
    lines += `${JSON.stringify({ name: 'default', timestamp, tags, values })}\n`
  }
  return lines
}
