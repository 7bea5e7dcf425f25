/** Bytes of a stream that have arrived and were not read yet. What it gives are views. */
export class ByteQueue {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0

  add(chunk: Uint8Array): void {
    const view = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
    this.#bytes = this.length === 0 ? view : Buffer.concat([this.#bytes.subarray(this.#at), view])
    this.#at = 0
  }

  get length(): number {
    return this.#bytes.length - this.#at
  }

  /** The next bytes, which stay; undefined while there are fewer. */
  peek(count: number): Buffer | undefined {
    return this.length < count ? undefined : this.#bytes.subarray(this.#at, this.#at + count)
  }

  /** The next bytes, which are gone then; undefined while there are fewer. */
  take(count: number): Buffer | undefined {
    const taken = this.peek(count)
    if (taken) this.#at += count
    return taken
  }
}
