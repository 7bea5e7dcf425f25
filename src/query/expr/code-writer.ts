import type { CodeContext, Generated } from './expr.ts'

/** Where the columns of the inputs are, for one function body. It may declare locals through {@link CodeWriter.head}. */
export type ColumnSource = (input: number, index: number, writer: CodeWriter) => Generated

/**
 * The body of one generated function. Statements go in order; {@link head} ones come before all others, so that what they declare is
 * visible everywhere. Values that the code needs (functions, sets, regular expressions) become parameters of a wrapper.
 */
export class CodeWriter implements CodeContext {
  readonly #head: string[] = []
  readonly #lines: string[] = []
  readonly #constants = new Map<unknown, string>()
  readonly #columns = new Map<string, Generated>()
  readonly #source: ColumnSource
  #names = 0

  constructor(source: ColumnSource) {
    this.#source = source
  }

  line(js: string): void {
    this.#lines.push(js)
  }

  /** A statement at the start of the function. */
  head(js: string): void {
    this.#head.push(js)
  }

  fresh(prefix: string): string {
    this.#names += 1
    return `${prefix}${this.#names}`
  }

  constant(value: unknown, hint = 'k'): string {
    let name = this.#constants.get(value)
    if (name === undefined) {
      name = `${this.fresh(`$${hint.replace(/[^A-Za-z0-9_]/g, '')}`)}`
      this.#constants.set(value, name)
    }
    return name
  }

  column(input: number, index: number): Generated {
    const key = `${input}.${index}`
    let column = this.#columns.get(key)
    if (!column) {
      column = this.#source(input, index, this)
      this.#columns.set(key, column)
    }
    return column
  }

  /** The body as it stands, indented by its braces: what `analyze explain --js` shows. */
  body(): string {
    let depth = 0
    const lines: string[] = []
    for (const line of [...this.#head, ...this.#lines]) {
      const text = line.trim()
      if (text === '') continue
      if (text.startsWith('}')) depth -= leadingClosers(text)
      lines.push('  '.repeat(Math.max(0, depth)) + text)
      depth += balance(text) + (text.startsWith('}') ? leadingClosers(text) : 0)
    }
    return lines.join('\n')
  }

  /** The function with that parameter list and this body. */
  build<T>(parameters: readonly string[], name = 'generated'): T & { readonly source: string } {
    const source = `function ${name}(${parameters.join(', ')}) {\n${this.body().replace(/^/gm, '  ')}\n}`
    const names = [...this.#constants.values()]
    const make = new Function(...names, `'use strict'\nreturn ${source}`)
    return Object.assign(make(...this.#constants.keys()) as T & object, { source })
  }
}

const leadingClosers = (text: string): number => /^}+/.exec(text)?.[0].length ?? 0

/** Opening minus closing braces outside of text. */
function balance(text: string): number {
  const bare = text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '')
  return (bare.match(/{/g)?.length ?? 0) - (bare.match(/}/g)?.length ?? 0)
}
