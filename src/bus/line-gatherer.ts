import { ShitopsError } from '../base/errors.ts'
import type { LineAppender } from './bus.ts'

const NEWLINE = 0x0a
/** No record on a bus is longer; without a limit, input without line breaks would fill the memory. */
export const MAX_LINE_BYTES = 64 << 20

/** What becomes of lines that have been gathered. */
export interface LineTarget {
  /** Where lines gather. One that is longer is put together elsewhere. */
  readonly block: Buffer
  /** So many takes may be under way at once. */
  readonly most: number
  /**
   * Takes lines from the front of these bytes of the block, as many as go together and one at least; the last may have no line break. The bytes
   * may be written over as soon as this returns. Resolves with the number of records when they are written.
   */
  take(from: number, end: number): { end: number; written: Promise<number> }
  /** As {@link take}, for a line that is longer than the block. */
  takeLong(line: Buffer): Promise<number>
}

/**
 * Bytes in, cut anywhere, and whole lines out, in their order. What has come goes as soon as nothing is under way; while something is, lines
 * gather until the block is full. So a trickle is written at once and a flood in large pieces, without a timer.
 */
export class LineGatherer implements LineAppender {
  readonly #target: LineTarget
  readonly #failing = new AbortController()
  #start = 0
  #size = 0
  /** The beginning of a line that is longer than the block. */
  #long: Buffer[] = []
  #longBytes = 0
  #underWay = 0
  #written = 0
  #failure: { error: unknown } | undefined
  #progress: (() => void) | undefined

  constructor(target: LineTarget) {
    this.#target = target
  }

  get failed(): AbortSignal {
    return this.#failing.signal
  }

  space(): Buffer | Promise<Buffer> {
    this.#check()
    const { block, most } = this.#target
    if (this.#start === this.#size) this.#moved(0)
    if (this.#size < block.length) return block.subarray(this.#size)
    if (this.#start > 0) this.#toFront()
    else if (this.#underWay < most && !this.#take()) this.#keepLong()
    if (this.#size < block.length) return block.subarray(this.#size)
    return this.#underWay < most ? this.space() : this.#waited().then(() => this.space())
  }

  took(bytes: number): void {
    this.#size += bytes
    if (this.#underWay === 0 || (this.#size === this.#target.block.length && this.#underWay < this.#target.most)) this.#take()
  }

  async end({ cutShort = false }: { cutShort?: boolean } = {}): Promise<number> {
    for (;;) {
      this.#check()
      if (this.#underWay >= this.#target.most) await this.#waited()
      else if (!this.#take()) break
    }
    if (!cutShort) this.#takeRest()
    while (this.#underWay > 0) {
      await this.#waited()
      this.#check()
    }
    return this.#written
  }

  /** Whole lines at the front; false where there is none. */
  #take(): boolean {
    const { block } = this.#target
    const end = block.subarray(this.#start, this.#size).lastIndexOf(NEWLINE) + 1 + this.#start
    if (end === this.#start || this.#failure) return false
    if (this.#longBytes > 0) {
      const first = block.indexOf(NEWLINE, this.#start)
      this.#takeLong(first)
      this.#start = first + 1
      return true
    }
    const { end: next, written } = this.#target.take(this.#start, end)
    this.#start = next
    this.#follow(written)
    return true
  }

  /** What has no line break. */
  #takeRest(): void {
    if (this.#longBytes > 0) this.#takeLong(this.#size)
    else if (this.#start < this.#size) this.#follow(this.#target.take(this.#start, this.#size).written)
    this.#start = this.#size
  }

  #takeLong(end: number): void {
    const line = Buffer.concat([...this.#long, this.#target.block.subarray(this.#start, end)])
    this.#long = []
    this.#longBytes = 0
    this.#follow(this.#target.takeLong(line))
  }

  /** The block is full, and there is no line break in it. */
  #keepLong(): void {
    this.#longBytes += this.#size
    if (this.#longBytes > MAX_LINE_BYTES) throw lineTooLong()
    this.#long.push(Buffer.from(this.#target.block.subarray(0, this.#size)))
    this.#moved(0)
  }

  #toFront(): void {
    this.#target.block.copyWithin(0, this.#start, this.#size)
    this.#moved(this.#size - this.#start)
  }

  #moved(size: number): void {
    this.#start = 0
    this.#size = size
  }

  #follow(written: Promise<number>): void {
    this.#underWay++
    written
      .then(
        (count) => {
          this.#written += count
        },
        (error: unknown) => {
          this.#failure ??= { error }
          this.#failing.abort()
        },
      )
      .then(() => {
        this.#underWay--
        if (this.#underWay === 0) this.#take()
        this.#progress?.()
      })
  }

  #waited(): Promise<void> {
    return new Promise((resolve) => {
      this.#progress = resolve
    })
  }

  #check(): void {
    if (this.#failure) throw this.#failure.error
  }
}

/** Input without line breaks would fill the memory. */
export function lineTooLong(): ShitopsError {
  return new ShitopsError('SHITOPS_E_RECORD_INVALID', `a line is longer than ${MAX_LINE_BYTES >> 20} MiB`, {
    suggestions: ['is it one record a line?'],
  })
}
