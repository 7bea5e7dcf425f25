import Decoder from 'kafkajs/src/protocol/decoder.js'

const AT = Symbol('offset')

type BoundedDecoder = Decoder & { [AT]: number }

let patched = false

/**
 * kafkajs 2.2.4 reads strings and bytes by the length that the answer claims, checked against nothing: a text that is cut off is taken for a shorter
 * one, and a length below nothing goes back over what was read, for as often as a count of up to 2^31 says. With this its place in the bytes
 * can only move forward, and not beyond their end; and a list gets its memory as its items come, not by the count (four bytes made 128 MB). Once for
 * the process; what is right is read as before.
 */
export function patchKafkajsDecoder(): void {
  if (patched) return
  patched = true
  Object.defineProperty(Decoder.prototype, 'offset', {
    get(this: BoundedDecoder) {
      return this[AT]
    },
    set(this: BoundedDecoder, to: number) {
      // The first assignment is the constructor's.
      const from = this[AT] ?? 0
      if (!(to >= from && to <= this.buffer.length)) throw new RangeError('a Kafka response that ends too early')
      this[AT] = to
    },
  })
  Decoder.prototype.readAll = function (this: Decoder) {
    const rest = this.buffer.subarray(this.offset)
    this.offset = this.buffer.length
    return rest
  }
  Decoder.prototype.readArray = function <T>(this: Decoder, item: (decoder: Decoder) => T) {
    const items: T[] = []
    for (let left = this.readInt32(); left > 0; left--) items.push(item(this))
    return items
  }
  Decoder.prototype.readArrayAsync = async function <T>(this: Decoder, item: (decoder: Decoder) => Promise<T>) {
    const items: T[] = []
    for (let left = this.readInt32(); left > 0; left--) items.push(await item(this))
    return items
  }
}
