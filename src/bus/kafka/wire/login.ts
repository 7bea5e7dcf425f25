import { CODE, codeName } from '../codes.ts'
import type { CustomCall } from '../protocol.ts'
import type { SaslLogin } from '../security.ts'
import { saslAuthenticateCall, saslHandshakeCall } from './sasl-calls.ts'
import { ScramError, scram } from './scram.ts'

/** The broker does not let this user in, or has not the mechanism. Holds no secret. */
export class LoginRefused extends Error {
  /** What to try, where that is known better than from the refusal alone. */
  readonly advice: readonly string[]

  constructor(message: string, advice: readonly string[] = []) {
    super(message)
    this.advice = advice
  }
}

type Ask = <Answer>(call: CustomCall<Answer>) => Promise<Answer>

/** Logs in by the mechanism. Returns how long the session lasts, ms; 0 where it has no end. @throws LoginRefused */
export async function login(ask: Ask, sasl: SaslLogin): Promise<number> {
  const mechanism = sasl.mechanism.toUpperCase()
  const { errorCode, mechanisms } = await ask(saslHandshakeCall(mechanism))
  if (errorCode === CODE.ILLEGAL_SASL_STATE) {
    throw new LoginRefused('this listener takes no login', ['leave sasl= away, or name the port of the listener that wants one'])
  }
  if (errorCode !== CODE.NONE) {
    const has = mechanisms.length > 0 ? `, it has ${mechanisms.join(', ')}` : ''
    const known = mechanisms.map((name) => `sasl=${name.toLowerCase()}`)
    throw new LoginRefused(`the broker does not take ${mechanism}${has}`, known)
  }
  const exchange = exchangeOf(sasl)
  let sessionMs = 0
  for (let step = await exchange.next(Buffer.alloc(0)); !step.done; ) {
    const answer = await ask(saslAuthenticateCall(step.value))
    if (answer.errorCode !== CODE.NONE) throw new LoginRefused(oneLine(answer.errorMessage) || codeName(answer.errorCode))
    sessionMs = answer.sessionMs
    step = await exchange.next(answer.bytes).catch((error: unknown) => {
      throw error instanceof ScramError ? new LoginRefused(error.message) : error
    })
  }
  return sessionMs
}

function exchangeOf(sasl: SaslLogin): AsyncGenerator<Buffer, void, Buffer> {
  switch (sasl.mechanism) {
    case 'plain':
      return once(async () => `\0${sasl.username}\0${sasl.password}`)
    case 'oauthbearer':
      return oauthBearer(sasl.token)
    case 'scram-sha-256':
      return scram('sha256', sasl)
    case 'scram-sha-512':
      return scram('sha512', sasl)
  }
}

async function* once(message: () => Promise<string>): AsyncGenerator<Buffer, void, Buffer> {
  yield Buffer.from(await message())
}

/** RFC 7628. Asked for anew each time: tokens are short-lived. */
async function* oauthBearer(token: () => Promise<string>): AsyncGenerator<Buffer, void, Buffer> {
  const answer = yield Buffer.from(`n,,\x01auth=Bearer ${await token()}\x01\x01`)
  if (answer.length === 0) return
  // An answer is a refusal in JSON; a byte 1 asks for the end of it, which comes as an error code.
  yield Buffer.from([1])
  throw new LoginRefused(`the token is not taken: ${oneLine(answer.toString())}`)
}

/** What a broker says goes into a message of one line. */
function oneLine(text: string | null): string {
  return (text ?? '')
    .replace(/[^\x20-\x7e]+/g, ' ')
    .slice(0, 300)
    .trim()
}
