import { checkMessage, EXTENSION } from './check.ts'
import { Malformed } from './malformed.ts'
import { LEN, WireReader } from './wire-reader.ts'

const NOTIFICATION = (1 << 3) | LEN
const ERROR = (2 << 3) | LEN
const EXTENSIONS = (3 << 3) | LEN

/** A GetResponse, its notifications still as bytes. */
export interface GetResponse {
  /** In order. Each is a SubscribeResponse, byte for byte: there too a notification is field 1. */
  notifications: Buffer[]
  /** Of the deprecated field `error`, the bytes of a SubscribeResponse that has it (as field 4); what a target says besides. */
  error: Buffer | undefined
}

/** Takes a GetResponse apart, without looking into its notifications. */
export function readGetResponse(bytes: Buffer): GetResponse | Malformed {
  const reader = new WireReader(bytes)
  const response: GetResponse = { notifications: [], error: undefined }
  try {
    while (reader.pos < bytes.length) {
      const start = reader.pos
      const tag = reader.tag(bytes.length)
      if (tag === NOTIFICATION || tag === ERROR) {
        const length = reader.pos
        reader.pos = reader.delimited(bytes.length)
        if (tag === NOTIFICATION) response.notifications.push(bytes.subarray(start, reader.pos))
        else response.error = Buffer.concat([SUBSCRIBE_ERROR, bytes.subarray(length, reader.pos)])
      } else if (tag === EXTENSIONS) checkMessage(reader, reader.delimited(bytes.length), EXTENSION, 1)
      else reader.skip(tag, bytes.length, 0)
    }
    return response
  } catch (error) {
    if (error instanceof Malformed) return error
    throw error
  }
}

/** The tag of SubscribeResponse.error. */
const SUBSCRIBE_ERROR = Buffer.from([(4 << 3) | LEN])
