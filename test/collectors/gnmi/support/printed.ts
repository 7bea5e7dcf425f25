import { ByteBuffer } from '../../../../src/bus/envelope/byte-buffer.ts'
import type { ResponseLines } from '../../../../src/collectors/gnmi/event/response-lines.ts'
import { ResponseDecoder } from '../../../../src/collectors/gnmi/wire/decoder.ts'
import type { SubscribeResponse } from '../../../../src/collectors/gnmi/wire/response.ts'
import { subscribeResponse } from './proto.ts'

/** What a printer makes of a SubscribeResponse, given as a plain object. */
export function printed(lines: ResponseLines, message: object): { text: string; problems: ReturnType<ResponseLines['write']> } {
  const out = new ByteBuffer()
  const problems = lines.write(out, new ResponseDecoder().decode(subscribeResponse.encode(message)) as SubscribeResponse)
  return { text: out.view().toString(), problems }
}
