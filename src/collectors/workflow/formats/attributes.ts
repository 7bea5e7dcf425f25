/** What an attribute of a workflow event can hold. */
export type Scalar = string | number | boolean | null

/** Attributes by name, in the order of the source. */
export type Attributes = Record<string, Scalar>

/** A record on Kafka may have 1 MiB. */
const MAX_VALUE = 8_192
const MAX_COUNT = 500

/** Attributes under way: bounded in number and length, and safe against names such as `__proto__`. */
export class AttributeBag {
  readonly values: Attributes = {}
  #count = 0

  /** False when the attribute was cut or left out, because there is too much of it. A name that is there already gets a number. */
  add(name: string, value: Scalar): boolean {
    if (this.#count >= MAX_COUNT || name.length > 512) return false
    this.#count++
    const fits = typeof value !== 'string' || value.length <= MAX_VALUE
    put(this.values, freeName(this.values, name), fits ? value : `${value.slice(0, MAX_VALUE)}…`)
    return fits
  }
}

function freeName(values: Attributes, name: string): string {
  if (!Object.hasOwn(values, name)) return name
  for (let n = 2; ; n++) if (!Object.hasOwn(values, `${name}#${n}`)) return `${name}#${n}`
}

/** Assignment, for any name. */
export function put(values: Attributes, name: string, value: Scalar): void {
  if (name === '__proto__') Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true })
  else values[name] = value
}
