/**
 * The API hands out SNMP credentials with every device (librenms/librenms#16048), and whole device rows inside the details of an alert. They
 * are taken out by the names of their columns, here, before anything else sees a row.
 */
const SECRET =
  /^(snmp_?)?communit(y|ies)$|^auth(?!or)|^crypto|password|passwd|passphrase|passcode|secret|api[_-]?key|private[_-]?key|credential|token|^pass$|_pass$/i

export const isSecretName = (name: string): boolean => SECRET.test(name)

/** What LibreNMS says of an SNMP failure: "No reply with community public", "… with credentials user/authPriv". */
const SAID = /\b(communit(?:y|ies)|credentials?|password|token)(\s+|\s*[:=]\s*)("[^"]*"|'[^']*'|\S+)/gi

/** A message of LibreNMS for people, at most 300 characters, without the credentials that it may name. */
export const redactMessage = (text: string): string => text.replace(SAID, '$1 [removed]').slice(0, 300)

/** As deep as anything in the API goes, many times over: what is deeper is left out. */
const DEEPEST = 40

/**
 * The same value without secrets, at every depth, also inside JSON that stands in text (`info` of an alert). The value itself is not changed.
 * @param verbatim a column whose text stays to the letter: only for who writes it back, or what was taken out here would be lost there
 */
export function redact(value: unknown, verbatim?: string, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value, depth)
  if (typeof value !== 'object' || value === null) return value
  if (depth > DEEPEST) return null
  if (Array.isArray(value)) return value.map((item) => redact(item, verbatim, depth + 1))
  const clean: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    if (isSecretName(name)) continue
    // A row that has such a key would otherwise change the object's prototype.
    if (name === '__proto__') continue
    clean[name] = name === verbatim && typeof item === 'string' ? item : redact(item, verbatim, depth + 1)
  }
  return clean
}

/** What JSON of objects and lists begins with. Brackets alone are no sign: people write "[shitops]" and "[rack 4]" too. */
const JSON_BEGINS = /^\s*(?:\{\s*(?:["}]|$)|\[\s*(?:["{[\]\-\d]|$|true\b|false\b|null\b))/

/** The same for a text, which may be JSON. */
function redactText(text: string, depth: number): string {
  if (!JSON_BEGINS.test(text)) return text
  let inner: unknown
  try {
    inner = JSON.parse(text)
  } catch {
    // Cut off, as a column of limited length leaves it: what cannot be looked into goes, if it names a secret.
    return /community|auth|crypto|pass|secret|token/i.test(text) ? '' : text
  }
  if (typeof inner !== 'object' || inner === null) return text
  const clean = redact(inner, undefined, depth + 1)
  const after = JSON.stringify(clean)
  return after === JSON.stringify(inner) ? text : after
}
