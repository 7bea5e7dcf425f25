/** What a call of LibreNMS's alert transport says, as far as it is needed to look for oneself. */
export interface AlertCall {
  /** Row of the alert log: with the state the identity of the call. */
  uid: string
  /** The button that tests the transport: `000` for every id. */
  test: boolean
  alertId?: number
  deviceId?: number
  ruleId?: number
  /** 0 to 5. */
  state?: number
}

const FIELDS = ['uid', 'alert_id', 'device_id', 'rule_id', 'state'] as const
type Field = (typeof FIELDS)[number]

/** Ids that the test button sends. */
const TEST = /^0{3,}$/

/**
 * The ids in a call's body. LibreNMS puts values into the template as they are, so that a quote or a line break in one makes JSON that is
 * none: then each id is looked for by its name alone, in `"name":"value"` or in `name=value`.
 *
 * @returns undefined when neither an alert nor a device is named
 */
export function parseAlertCall(body: string): AlertCall | undefined {
  const fields = fromJson(body) ?? fromText(body)
  const uid = fields.uid ?? ''
  const test = TEST.test(uid) || TEST.test(fields.alert_id ?? '')
  const alertId = idOf(fields.alert_id)
  const deviceId = idOf(fields.device_id)
  if (!test && alertId === undefined && deviceId === undefined) return undefined
  const ruleId = idOf(fields.rule_id)
  const state = stateOf(fields.state)
  return {
    uid,
    test,
    ...(alertId !== undefined && { alertId }),
    ...(deviceId !== undefined && { deviceId }),
    ...(ruleId !== undefined && { ruleId }),
    ...(state !== undefined && { state }),
  }
}

type Fields = Partial<Record<Field, string>>

function fromJson(body: string): Fields | undefined {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const fields: Fields = {}
  for (const name of FIELDS) {
    const said = (value as Record<string, unknown>)[name]
    if (typeof said === 'string' || typeof said === 'number') fields[name] = String(said).trim()
  }
  return fields
}

/**
 * Ids are digits, whatever stands around them: a text that somebody typed into a device cannot end in the middle of a number of ours. The
 * first one counts, so that the template should have its ids first.
 */
function fromText(body: string): Fields {
  const fields: Fields = {}
  for (const name of FIELDS) {
    const [, digits] = new RegExp(`(?:^|[^\\w])${name}"?'?\\s*[:=]\\s*["']?(\\d{1,19})(?![\\w.])`).exec(body) ?? []
    if (digits !== undefined) fields[name] = digits
  }
  return fields
}

function idOf(text: string | undefined): number | undefined {
  const id = /^\d{1,15}$/.test(text ?? '') ? Number(text) : 0
  return id > 0 ? id : undefined
}

const stateOf = (text: string | undefined) => (/^[0-5]$/.test(text ?? '') ? Number(text) : undefined)
