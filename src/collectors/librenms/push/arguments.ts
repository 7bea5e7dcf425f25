import type { LibrenmsCommand } from '../../../events/index.ts'
import { Refusal } from './action.ts'

/** Longest text that is written, characters. */
const LONGEST = 4_000

/** The arguments of a command by name, each checked; what is not known is refused, so that a typing mistake is not a command. */
export class Arguments {
  readonly #values: Readonly<Record<string, unknown>>
  readonly #action: string

  constructor({ action, arguments: values = {} }: LibrenmsCommand, known: readonly string[]) {
    this.#values = values
    this.#action = action
    const unknown = Object.keys(values).find((name) => !known.includes(name))
    if (unknown !== undefined) throw new Refusal(`${action} has no argument "${unknown.slice(0, 40)}"; it has ${known.join(', ')}`)
  }

  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null
  }

  text(name: string): string
  text(name: string, byDefault: string): string
  text(name: string, byDefault?: string): string {
    const value = this.#values[name] ?? byDefault
    if (typeof value !== 'string' || (value.trim() === '' && byDefault === undefined)) throw this.#wrong(name, 'a text')
    if (value.length > LONGEST) throw this.#wrong(name, `a text of at most ${LONGEST} characters`)
    return value
  }

  integer(name: string, [least, most]: readonly [number, number], byDefault?: number): number {
    const value = this.#values[name] ?? byDefault
    if (!Number.isSafeInteger(value) || Number(value) < least || Number(value) > most)
      throw this.#wrong(name, `a whole number from ${least} to ${most}`)
    return Number(value)
  }

  flag(name: string, byDefault?: boolean): boolean {
    const value = this.#values[name] ?? byDefault
    if (typeof value !== 'boolean') throw this.#wrong(name, 'true or false')
    return value
  }

  #wrong(name: string, what: string): Refusal {
    return new Refusal(`${this.#action}: ${name} must be ${what}`)
  }
}
