/** What can be wrong with a message; the texts are for people. */
const MESSAGES = {
  truncated: 'the message ends within a field',
  varint_too_long: 'a varint of more than 10 bytes or 64 bits',
  tag_too_large: 'a field number that protobuf does not have',
  field_zero: 'field number 0',
  wire_type: 'wire type 6 or 7, which protobuf does not have',
  group_end: 'the end of a group that was not begun, or another group than the one begun',
  nesting: 'messages nested more than 100 deep',
  too_many: 'more updates and deletes in one notification than are accepted',
} as const

export type MalformedCode = keyof typeof MESSAGES

/**
 * Why bytes are not the protobuf message they should be. Not an Error: a target gone wrong may send thousands of them a second, and
 * none needs a stack trace.
 */
export class Malformed {
  readonly code: MalformedCode
  /** Offset in the message, about. */
  readonly at: number

  constructor(code: MalformedCode, at: number) {
    this.code = code
    this.at = at
  }

  get message(): string {
    return `${MESSAGES[this.code]} (byte ${this.at})`
  }
}
