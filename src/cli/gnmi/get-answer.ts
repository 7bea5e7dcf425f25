import { ShitopsError } from '../../base/errors.ts'
import { ByteBuffer } from '../../bus/envelope/byte-buffer.ts'
import type { ResponseLines } from '../../collectors/gnmi/event/response-lines.ts'
import { problemText } from '../../collectors/gnmi/event/value-problem.ts'
import { ResponseDecoder } from '../../collectors/gnmi/wire/decoder.ts'
import { readGetResponse } from '../../collectors/gnmi/wire/get-response.ts'
import { Malformed } from '../../collectors/gnmi/wire/malformed.ts'
import type { SubscribeResponse } from '../../collectors/gnmi/wire/response.ts'

/**
 * Hands out the notifications of a GetResponse, in order; one that is malformed is passed over. Each is good until the next one.
 * @param source of the answer, for the error
 * @returns why not all of it could be read, or what the target said beside it
 */
export async function readGetAnswer(
  source: string,
  bytes: Buffer,
  take: (response: SubscribeResponse) => void | Promise<void>,
): Promise<ShitopsError | undefined> {
  const broken = (what: string, { message }: Malformed) => new ShitopsError('SHITOPS_E_GNMI_NOT_GNMI', `${source}: ${what}: ${message}`)
  const answer = readGetResponse(bytes)
  if (answer instanceof Malformed) return broken('the answer is no GetResponse', answer)
  const decoder = new ResponseDecoder()
  let failure: ShitopsError | undefined
  for (const [i, notification] of answer.notifications.entries()) {
    const response = decoder.decode(notification)
    if (response instanceof Malformed) failure ??= broken(`notification ${i + 1} of the answer is malformed`, response)
    else await take(response)
  }
  const said = answer.error && decoder.decode(answer.error)
  if (!said || said instanceof Malformed) return failure
  return new ShitopsError('SHITOPS_E_GNMI_TARGET', `${source}: the target says: ${said.errorMessage} (code ${said.errorCode})`)
}

/** Bytes of output that are handed on before more is made. */
const OUTPUT_AT_ONCE = 1 << 20

/** Writes responses in one form, a megabyte at a time. */
export class ResponseWriter {
  readonly #lines: ResponseLines
  readonly #write: (text: string) => Promise<void>
  readonly #warn: (message: string) => void
  readonly #out = new ByteBuffer()

  constructor(lines: ResponseLines, write: (text: string) => Promise<void>, warn: (message: string) => void) {
    this.#lines = lines
    this.#write = write
    this.#warn = warn
  }

  async add(response: SubscribeResponse): Promise<void> {
    for (const problem of this.#lines.write(this.#out, response)) this.#warn(problemText(problem))
    if (this.#out.length >= OUTPUT_AT_ONCE) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#out.length === 0) return
    const text = this.#out.view().toString()
    this.#out.clear()
    await this.#write(text)
  }
}
