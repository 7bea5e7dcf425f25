import type { PathElem } from '../path/path.ts'
import { localName, type PathPattern } from './path-pattern.ts'

/** A piece of an instance: text, the value of a key, or (without `key`) the name of an element. */
type Piece = string | { readonly elem: number; readonly key?: string }

/** How the instance of a sample is made from the path: `{name}`, `{name}.{index}`. */
export class InstanceTemplate {
  readonly #pieces: readonly Piece[]

  private constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  /**
   * `{key}` is the value of a key that the pattern names, `{element.key}` where two elements have the same, `{3}` the name of the third
   * element. Without a text: the keys that the pattern wants with any value, joined by `/`; none is the device itself.
   * A string says what is wrong.
   */
  static parse(text: string | undefined, pattern: PathPattern): InstanceTemplate | string {
    if (text === undefined) return new InstanceTemplate(wantedKeys(pattern))
    const pieces: Piece[] = []
    for (const [whole, placeholder] of text.matchAll(/\{([^{}]*)\}|[^{}]+|[{}]/g)) {
      const piece = placeholder === undefined ? whole : pieceOf(placeholder, pattern)
      if (piece === undefined || whole === '{' || whole === '}') return `"${whole}" is no key or element of the path`
      pieces.push(piece)
    }
    return new InstanceTemplate(pieces)
  }

  /** The instance of a path, given in two parts; nothing is allocated where the template is one key. */
  of(above: readonly PathElem[], below: readonly PathElem[]): string {
    const pieces = this.#pieces
    if (pieces.length === 0) return ''
    if (pieces.length === 1) return textOf(pieces[0] as Piece, above, below) ?? ''
    let text = ''
    for (const piece of pieces) text += textOf(piece, above, below) ?? ''
    return text
  }

  /** Of a path that may end early: the instance as far as it is known, and whether that is all of it. */
  known(elems: readonly PathElem[]): { text: string; whole: boolean } {
    let text = ''
    for (const piece of this.#pieces) {
      const part = textOf(piece, elems, [])
      if (part === undefined || part === '*') return { text, whole: false }
      text += part
    }
    return { text, whole: true }
  }
}

function textOf(piece: Piece, above: readonly PathElem[], below: readonly PathElem[]): string | undefined {
  if (typeof piece === 'string') return piece
  const elem = piece.elem < above.length ? above[piece.elem] : below[piece.elem - above.length]
  return elem && (piece.key === undefined ? elem.name : keyOf(elem, piece.key))
}

/** The value of a key, by its name without a module. */
export function keyOf({ keys }: PathElem, name: string): string | undefined {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as readonly [string, string]
    if (key[0] === name || (key[0].includes(':') && localName(key[0]) === name)) return key[1]
  }
  return undefined
}

function wantedKeys({ elems }: PathPattern): Piece[] {
  const keys = elems.flatMap(({ keys }, elem) =>
    keys.filter(({ value }) => typeof value !== 'string').map(({ name }) => ({ elem, key: name })),
  )
  return keys.flatMap((key, i): Piece[] => (i === 0 ? [key] : ['/', key]))
}

function pieceOf(placeholder: string, { elems }: PathPattern): Piece | undefined {
  if (/^\d+$/.test(placeholder)) {
    const elem = Number(placeholder) - 1
    return elems[elem] && { elem }
  }
  const dot = placeholder.lastIndexOf('.')
  const [name, key] = dot < 0 ? [undefined, placeholder] : [placeholder.slice(0, dot), placeholder.slice(dot + 1)]
  const has = elems.flatMap((elem, i) => ((name ?? elem.name) === elem.name && elem.keys.some((k) => k.name === key) ? [i] : []))
  // Two elements with the same key must be told apart by their names.
  return has.length === 1 ? { elem: has[0] as number, key } : undefined
}
