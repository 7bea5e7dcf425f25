import { javaDoubleText } from './java-double-text.ts'
import { withoutEscapes } from './read-text.ts'

/**
 * An object or array read as STRING: its text as Jackson writes a tree, which is what Flink hands on. No white space; the last of duplicates at the
 * first one's place; escapes only where they must be; numbers with a fraction or exponent as Java prints a double, or as a BigDecimal without
 * trailing zeros where the table has a DECIMAL column.
 * @param text was found to be JSON
 */
export function containerText(text: string, decimals: boolean): string {
  const tokens = text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/gs)
  const next = () => (tokens.next().value as RegExpMatchArray)[0]
  return write(next(), next, decimals)
}

function write(token: string, next: () => string, decimals: boolean): string {
  if (token === '{') return writeObject(next, decimals)
  if (token === '[') return writeArray(next, decimals)
  if (token.startsWith('"')) return quote(withoutEscapes(token.slice(1, -1)))
  return /[-\d]/.test(token[0] ?? '') ? writeNumber(token, decimals) : token
}

function writeObject(next: () => string, decimals: boolean): string {
  const members = new Map<string, string>()
  for (let token = next(); token !== '}'; token = next()) {
    if (token === ',') token = next()
    next()
    members.set(withoutEscapes(token.slice(1, -1)), write(next(), next, decimals))
  }
  return `{${[...members].map(([name, value]) => `${quote(name)}:${value}`).join(',')}}`
}

function writeArray(next: () => string, decimals: boolean): string {
  const elements: string[] = []
  for (let token = next(); token !== ']'; token = next()) {
    if (token !== ',') elements.push(write(token, next, decimals))
  }
  return `[${elements.join(',')}]`
}

function writeNumber(text: string, decimals: boolean): string {
  if (/^-?\d+$/.test(text)) return text === '-0' ? '0' : text
  if (decimals) return javaDecimalText(text)
  const value = Number(text)
  return Number.isFinite(value) ? javaDoubleText(value) : `"${javaDoubleText(value)}"`
}

/** BigDecimal.toString of the number without trailing zeros. */
function javaDecimalText(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^(-?)(\d+)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const all = `${whole}${fraction}`.replace(/^0+/, '')
  const digits = all.replace(/0+$/, '')
  if (digits === '') return '0'
  // The number is digits × 10^-scale.
  const scale = fraction.length - Number(exponent) - (all.length - digits.length)
  const adjusted = digits.length - 1 - scale
  if (scale >= 0 && adjusted >= -6) {
    const padded = digits.padStart(scale + 1, '0')
    return `${sign}${padded.slice(0, padded.length - scale)}${scale > 0 ? `.${padded.slice(-scale)}` : ''}`
  }
  const rest = digits.length > 1 ? `.${digits.slice(1)}` : ''
  return `${sign}${digits[0]}${rest}E${adjusted >= 0 ? '+' : ''}${adjusted}`
}

const SHORT: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
}

const quote = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must be escaped.
  `"${text.replace(/["\\\u0000-\u001f]/g, (one) => SHORT[one] ?? `\\u${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`)}"`
