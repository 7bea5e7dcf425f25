import type { ErrorCode } from '../../../base/errors.ts'

/** Why a frame could not be decoded. Decoders return it and never throw: bad frames are everyday input. */
export class Problem {
  readonly code: ErrorCode
  readonly message: string

  constructor(code: ErrorCode, message: string) {
    this.code = code
    this.message = message
  }

  toJSON(): { code: ErrorCode; message: string } {
    return { code: this.code, message: this.message }
  }
}
