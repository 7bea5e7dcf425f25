import type { ErrorCode } from '../../../base/errors.ts'
import { messageOf, ShitopsError } from '../../../base/errors.ts'

/**
 * Why a call did not go well, as an operator would sort it. The names are those of the error counters.
 * `unreachable` nothing answers there · `tls` no agreement about certificates · `not_gnmi` something else answers · `timeout` no answer in time ·
 * `auth` not let in · `refused` the request is one the target will never take · `too_large` a message above the limit ·
 * `temporary` anything that may pass · `cancelled` we ended it
 */
export type FailureClass = 'unreachable' | 'tls' | 'not_gnmi' | 'timeout' | 'auth' | 'refused' | 'too_large' | 'temporary' | 'cancelled'

/** A failed call: its class, gRPC's status name, and what to say about it. */
export interface Failure {
  class: FailureClass
  /** `UNAVAILABLE`, … */
  status: string
  message: string
  suggestions: readonly string[]
}

const CODES: Readonly<Record<FailureClass, ErrorCode>> = {
  unreachable: 'SHITOPS_E_GNMI_UNREACHABLE',
  tls: 'SHITOPS_E_GNMI_TLS',
  not_gnmi: 'SHITOPS_E_GNMI_NOT_GNMI',
  timeout: 'SHITOPS_E_GNMI_TIMEOUT',
  auth: 'SHITOPS_E_GNMI_AUTH',
  refused: 'SHITOPS_E_GNMI_REFUSED',
  too_large: 'SHITOPS_E_GNMI_TOO_LARGE',
  temporary: 'SHITOPS_E_GNMI_FAILED',
  cancelled: 'SHITOPS_E_GNMI_FAILED',
}

/** gRPC's status codes by number. */
const STATUS_NAMES = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const

export const statusName = (code: number): string => STATUS_NAMES[code] ?? `status ${code}`

/**
 * The failure behind what a call ended with: a gRPC status, or an error of ours from before there was a call.
 * @param secure TLS was spoken, or tried
 */
export function failureOf(error: unknown, secure = false): Failure {
  const { code, details } = error as { code?: unknown; details?: unknown }
  if (error instanceof ShitopsError) return ownFailure(error)
  if (typeof code !== 'number') return { class: 'temporary', status: 'UNKNOWN', message: messageOf(error), suggestions: [] }
  const text = typeof details === 'string' ? details : messageOf(error)
  return { status: statusName(code), ...classified(statusName(code), text, secure) }
}

/** The error to end a command with. @param address HOST:PORT, as given */
export function failureError(address: string, failure: Failure): ShitopsError {
  return new ShitopsError(CODES[failure.class], `${address}: ${failure.message}`, { suggestions: [...failure.suggestions], cause: failure })
}

/** The failure that {@link failureError} made an error of; of any other error of ours what it says. */
function ownFailure({ code, message, suggestions, cause }: ShitopsError): Failure {
  if (isFailure(cause)) return cause
  // A request that was never sent, since no target could take it.
  if (code === 'SHITOPS_E_USAGE') return { class: 'refused', status: 'INVALID_ARGUMENT', message, suggestions }
  return { class: 'temporary', status: 'UNKNOWN', message, suggestions }
}

const isFailure = (cause: unknown): cause is Failure =>
  typeof cause === 'object' && cause !== null && (cause as Partial<Failure>).class !== undefined

type Classified = Pick<Failure, 'class' | 'message' | 'suggestions'>

function classified(status: string, details: string, secure: boolean): Classified {
  switch (status) {
    case 'UNAVAILABLE':
      return unavailable(details, secure)
    case 'DEADLINE_EXCEEDED':
      return { class: 'timeout', message: 'no answer in time', suggestions: ['--timeout 30s'] }
    case 'UNAUTHENTICATED':
    case 'PERMISSION_DENIED':
      return { class: 'auth', message: `not let in: ${status}${said(details)}`, suggestions: CREDENTIALS }
    case 'UNIMPLEMENTED':
      return unimplemented(details)
    case 'INVALID_ARGUMENT':
    case 'NOT_FOUND':
    case 'OUT_OF_RANGE':
    case 'FAILED_PRECONDITION':
    case 'ALREADY_EXISTS':
      return { class: 'refused', message: `the target refuses the request: ${status}${said(details)}`, suggestions: REQUEST }
    case 'RESOURCE_EXHAUSTED':
      return exhausted(details)
    case 'CANCELLED':
      return { class: 'cancelled', message: `the call was cancelled${said(details)}`, suggestions: LATER }
    default:
      return notHttp2(details) ?? { class: 'temporary', message: `${status}${said(details)}`, suggestions: LATER }
  }
}

const said = (details: string) => (details ? `: ${details}` : '')

const CREDENTIALS = ['--username NAME --password-file FILE', '--token-file FILE']

const REQUEST = ["check paths and modes; `shitops gnmi capabilities` lists the target's models"]

/** For what may pass. */
const LATER = ["try again; the target's own log may say why"]

function exhausted(details: string): Classified {
  if (/larger than max|message (size|length|larger)|decompresses to a size larger/i.test(details))
    return { class: 'too_large', message: `a message is larger than is taken: ${details}`, suggestions: ['--max-message-size 256MiB'] }
  // grpc-js' words for HTTP/2's ENHANCE_YOUR_CALM, which hide what targets mean by it (gRFC A8: GOAWAY, too_many_pings).
  if (/^Bandwidth exhausted/.test(details))
    return {
      class: 'temporary',
      message: 'the target wants to be left in peace (RESOURCE_EXHAUSTED, ENHANCE_YOUR_CALM): too many pings, or too many calls',
      suggestions: ['--keepalive 10m, or leave it out'],
    }
  return { class: 'temporary', message: `RESOURCE_EXHAUSTED${said(details)}`, suggestions: LATER }
}

/** grpc-js says UNAVAILABLE for all that can go wrong before there is a connection; the reason is in the text. */
function unavailable(details: string, secure: boolean): Classified {
  const cause = (
    /Last error: (?:Error: )?(.*?)(?: \(\d{4}-\d\d-\d\dT[^)]*\))?\.?(?: Resolution note:.*)?$/s.exec(details)?.[1] ?? details
  ).trim()
  // Of a connection that stood, Node 24 gives the system's own reason: it was lost, whatever that is.
  if (!details.includes('No connection established') && /\bread E[A-Z]+/.test(cause)) return lostConnection(cause, secure)
  return tlsFailure(cause) ?? nameFailure(cause) ?? socketFailure(cause) ?? notHttp2(cause) ?? lostConnection(cause, secure)
}

function tlsFailure(cause: string): Classified | undefined {
  const tls = (message: string, ...suggestions: string[]): Classified => ({ class: 'tls', message, suggestions })
  if (/certificate has expired|CERT_HAS_EXPIRED/.test(cause))
    return tls("the target's certificate has expired", 'renew it, or --skip-verify')
  if (/not yet valid/.test(cause))
    return tls("the target's certificate is not valid yet: one of the clocks is wrong", 'date', '--skip-verify')
  if (/ALTNAME|does not match certificate/.test(cause))
    return tls(`the target's certificate is for another name: ${cause.replace(/^Error( \[\w+\])?: /, '')}`, '--tls-server-name NAME')
  if (/self.signed certificate|unable to (verify|get)|unknown ca|UNABLE_TO/i.test(cause))
    return tls(`nobody that is trusted vouches for the target's certificate (${cause})`, '--tls-ca CA.pem', '--skip-verify')
  if (/certificate required|handshake failure|bad certificate|certificate unknown|alert number (4[0-6]|116)/.test(cause))
    return tls('the target wants a certificate of this client, or does not take the one given', '--tls-cert CERT.pem --tls-key KEY.pem')
  if (/wrong version number|packet length too long|http request/.test(cause))
    return tls('no TLS is spoken there', '--insecure, if the target is meant to speak plaintext')
  if (/no application protocol|alert number 120/.test(cause))
    return { class: 'not_gnmi', message: 'TLS, but no HTTP/2 behind it', suggestions: PORT }
  if (/unsupported protocol|protocol version|alert number 70|inappropriate fallback/.test(cause))
    return tls('no version of TLS that both sides speak', 'TLS 1.2 or later is needed on the target')
  if (/before secure TLS connection/.test(cause))
    return tls('the connection was closed in the middle of the TLS handshake', '--insecure, if the target speaks plaintext')
  return undefined
}

const PORT = ['check the port: gNMI is on 9339, 57400, 6030 or 50051 on most devices']

function nameFailure(cause: string): Classified | undefined {
  if (!/Name resolution failed|ENOTFOUND|EAI_AGAIN/.test(cause)) return undefined
  return { class: 'unreachable', message: 'the name cannot be resolved', suggestions: ['check the spelling, and DNS'] }
}

function socketFailure(cause: string): Classified | undefined {
  const [errno] = /E(CONNREFUSED|NOENT|HOSTUNREACH|NETUNREACH|TIMEDOUT|CONNRESET|ACCES|PIPE|ADDRNOTAVAIL)/.exec(cause) ?? []
  if (!errno) return undefined
  const words: Record<string, string> = {
    ECONNREFUSED: 'nothing listens there (ECONNREFUSED)',
    ENOENT: 'there is no such socket (ENOENT)',
    ECONNRESET: 'the connection was reset (ECONNRESET)',
    ETIMEDOUT: 'no answer to the connection (ETIMEDOUT)',
  }
  return { class: 'unreachable', message: words[errno] ?? `no way there (${errno})`, suggestions: PORT }
}

function notHttp2(cause: string): Classified | undefined {
  if (!/Protocol error|HTTP\/1|Received HTTP status|parse error|frame size|NGHTTP2_(PROTOCOL|FRAME_SIZE)|invalid content-type/i.test(cause))
    return undefined
  return { class: 'not_gnmi', message: 'what answers there does not speak gNMI (no HTTP/2 with gRPC)', suggestions: PORT }
}

function lostConnection(cause: string, secure: boolean): Classified {
  // With TLS 1.3 a client's certificate is judged after the handshake, and the alert that says so is not always read before the end.
  if (/^Failed to connect/.test(cause) && secure)
    return {
      class: 'tls',
      message: 'the connection is closed after the TLS handshake; a certificate of this client may be wanted, or another one',
      suggestions: ['--tls-cert CERT.pem --tls-key KEY.pem', ...PORT],
    }
  if (/^Failed to connect/.test(cause))
    return {
      class: 'unreachable',
      message: 'the connection is closed before a word is said; TLS may be wanted there',
      suggestions: ['leave out --insecure', ...PORT],
    }
  return { class: 'temporary', message: `the connection was lost${said(cause)}`, suggestions: LATER }
}

function unimplemented(details: string): Classified {
  if (/does not implement the method|unknown (service|method)/i.test(details))
    return { class: 'not_gnmi', message: `a gRPC server, but without this gNMI call${said(details)}`, suggestions: PORT }
  return {
    class: 'refused',
    message: `the target cannot do that: UNIMPLEMENTED${said(details)}`,
    suggestions: /set|write|read.only/i.test(details) ? [] : ['--encoding json_ietf, or another that `shitops gnmi capabilities` lists'],
  }
}
