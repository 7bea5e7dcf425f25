import { SaxesParser } from 'saxes'

/** Characters of one tag, text or comment: more is an attack or no log, and the parser would hold them all. */
const MAX_PIECE = 8 << 20
/** Elements inside one another; the deepest log seen has eight. */
const MAX_DEPTH = 128

/** Characters that XML 1.0 has not (2.2), which old systems let into names and notes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/
const ALL_NOT_XML = new RegExp(NOT_XML.source, 'g')

export interface XmlHandlers {
  /** @param name without its namespace prefix @param line of the end of the tag */
  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void
  close(name: string): void
  text?(text: string): void
}

/**
 * A well-formedness-checking, streaming reader of XML. No entity but the five of XML is known, no DTD is taken (so none can be expanded
 * without end, nor a file be fetched), and pieces and depth are bounded.
 */
export class XmlReader {
  /** Why and where the rest cannot be read. Nothing is handed on from then. */
  failure: { line: number; message: string } | undefined
  /** Characters that are none in XML were replaced. */
  repaired = false
  readonly #parser = new SaxesParser({ position: true })
  #depth = 0
  /** Characters since anything was handed on. */
  #quiet = 0
  #root = false

  constructor(handlers: XmlHandlers) {
    const parser = this.#parser
    parser.on('error', ({ message }) => this.#error(message.replace(/^(?:[^:]*:)?\d+:\d+: /, '')))
    parser.on('doctype', () => this.#fail('a document type (<!DOCTYPE>) is refused: no log needs one'))
    parser.on('opentag', ({ name, attributes }) => {
      if (this.failure) return
      this.#quiet = 0
      this.#root = true
      if (++this.#depth > MAX_DEPTH) this.#fail(`more than ${MAX_DEPTH} elements inside one another`)
      else handlers.open(localName(name), attributes as Record<string, string>, parser.line)
    })
    parser.on('closetag', ({ name }) => {
      if (this.failure) return
      this.#quiet = 0
      this.#depth--
      handlers.close(localName(name))
    })
    parser.on('comment', () => {
      this.#quiet = 0
    })
    parser.on('text', (text) => {
      this.#quiet = 0
      if (!this.failure) handlers.text?.(text)
    })
  }

  get line(): number {
    return this.#parser.line
  }

  write(text: string): void {
    if (this.failure) return
    this.#quiet += text.length
    this.#parser.write(NOT_XML.test(text) ? this.#clean(text) : text)
    if (this.#quiet > MAX_PIECE) this.#fail(`a tag or a text of more than ${MAX_PIECE >> 20} MiB`)
  }

  end(): void {
    if (this.failure) return
    if (this.#root) this.#parser.close()
    else this.#fail('no XML in it')
  }

  #clean(text: string): string {
    this.repaired = true
    return text.replace(ALL_NOT_XML, '\uFFFD')
  }

  /** An entity for a character that is none stays as it is written. */
  #error(message: string): void {
    if (message === 'malformed character entity.') this.repaired = true
    else this.#fail(message)
  }

  #fail(message: string): void {
    this.failure ??= { line: this.#parser.line, message }
  }
}

const localName = (name: string): string => {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}
