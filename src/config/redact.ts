const HIDDEN = '***'

/** Query parameters that would hold a secret. */
const SECRET_PARAMETER = /([?&][^=&]*(?:password|passphrase|secret|token|api_?key)=)[^&]*/gi

/**
 * A value as it may be shown: without the user part of URLs and without secrets in their options. Settings hold no secrets; a URL typed by
 * hand might.
 */
export function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, redact(inner)]))
  if (typeof value !== 'string') return value
  return value.replace(/:\/\/[^\s?#]*@/g, `://${HIDDEN}@`).replace(SECRET_PARAMETER, `$1${HIDDEN}`)
}
