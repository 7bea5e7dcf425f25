/** Characters of one element: more is no event. */
const MAX_ELEMENT = 8 << 20

const [QUOTE, BACKSLASH, COMMA, COLON, NEWLINE] = [0x22, 0x5c, 0x2c, 0x3a, 0x0a]
const OPEN = [0x7b, 0x5b]
const CLOSE = [0x7d, 0x5d]

export interface JsonElementsOptions {
  /** Names of the root's arrays that are wanted. */
  wanted: ReadonlySet<string>
  /** The text of an element, and the line where it begins. */
  onElement(array: string, text: string, line: number): void
  onTooLong(array: string, line: number): void
}

/**
 * The elements of arrays that stand directly in a JSON object, as the text streams in: a file of any size in the memory of one element. The
 * structure around them is only followed; an element is for its taker to parse.
 */
export class JsonElements {
  line = 1
  readonly #options: JsonElementsOptions
  #depth = 0
  #inString = false
  #escaped = false
  /** The string at the root that may be a key. */
  #name = ''
  #key = ''
  /** The array whose elements are taken; empty outside of one. */
  #array = ''
  #element = ''
  #elementLine = 0
  /** Where the element began in this piece; -1 outside of one. */
  #start = -1
  #tooLong = false

  constructor(options: JsonElementsOptions) {
    this.#options = options
  }

  /** Whether everything that was opened was closed. */
  get complete(): boolean {
    return this.#depth === 0 && !this.#inString
  }

  write(text: string): void {
    if (this.#start >= 0) this.#start = 0
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (code === NEWLINE) this.line++
      else if (this.#inString) this.#string(code)
      else if (code > 0x20) this.#structure(code, text, i)
      if (this.#depth === 1 && this.#inString && code !== QUOTE) this.#name += this.#name.length < 100 ? text[i] : ''
    }
    if (this.#start >= 0) this.#keep(text.slice(this.#start))
  }

  #string(code: number): void {
    if (this.#escaped) this.#escaped = false
    else if (code === BACKSLASH) this.#escaped = true
    else if (code === QUOTE) this.#inString = false
  }

  #structure(code: number, text: string, at: number): void {
    const opens = OPEN.includes(code)
    const closes = !opens && CLOSE.includes(code)
    if (this.#array !== '' && this.#depth === 2 && this.#start < 0 && code !== COMMA && !closes) this.#begin(at)
    if (code === QUOTE) {
      this.#inString = true
      if (this.#depth === 1) this.#name = ''
    } else if (opens) {
      this.#depth++
      if (this.#depth === 2 && code === OPEN[1] && this.#options.wanted.has(this.#key)) this.#array = this.#key
    } else if (closes) {
      this.#depth--
      if (this.#depth === 2 && this.#array !== '') this.#end(text, at + 1)
      else if (this.#depth === 1) {
        this.#end(text, at)
        this.#array = ''
      }
    } else if (code === COMMA && this.#depth === 2) this.#end(text, at)
    else if (code === COLON && this.#depth === 1) this.#key = this.#name
  }

  #begin(at: number): void {
    this.#start = at
    this.#element = ''
    this.#elementLine = this.line
    this.#tooLong = false
  }

  #end(text: string, at: number): void {
    if (this.#start < 0) return
    this.#keep(text.slice(this.#start, at))
    this.#start = -1
    if (this.#tooLong) this.#options.onTooLong(this.#array, this.#elementLine)
    else this.#options.onElement(this.#array, this.#element, this.#elementLine)
    this.#element = ''
  }

  #keep(piece: string): void {
    if (this.#element.length + piece.length > MAX_ELEMENT) {
      this.#tooLong = true
      this.#element = ''
    }
    if (!this.#tooLong) this.#element += piece
  }
}
