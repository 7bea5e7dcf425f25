import { Writable } from 'node:stream'

/** A value of a row: a whole number that a double would round is its text. */
type Field = string | number | boolean | null | readonly Field[] | { readonly [name: string]: Field }

/** Takes the lines of `--output json-rows`, for `--json`: one document in place of lines. */
export class CollectedRows extends Writable {
  #text = ''

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.#text += String(chunk)
    done()
  }

  /** The rows as objects by column name; one that was taken back has `_kind`. */
  async rows(): Promise<Field[]> {
    const { isSafeNumber, parse } = await import('lossless-json')
    const numberOf = (text: string): number | string => (/^-?\d+$/.test(text) && !isSafeNumber(text) ? text : Number(text))
    return this.#text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => parse(line, null, numberOf) as Field)
  }
}
