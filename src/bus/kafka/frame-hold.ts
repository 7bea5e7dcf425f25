/** Counts who still looks at an answer's bytes; when nobody does, they are used again. */
export class FrameHold {
  readonly #recycle: () => void
  #uses = 1

  constructor(recycle: () => void) {
    this.#recycle = recycle
  }

  retain(): void {
    this.#uses++
  }

  release(): void {
    if (--this.#uses === 0) this.#recycle()
  }
}
