import { type ErrorCode, messageOf, ShitopsError } from '../../base/errors.ts'
import { CODE, codeName, isDenied, isRetriable } from './codes.ts'
import { missingAcl } from './missing-acl.ts'

/** The broker answered with an error code. Stays inside this folder: {@link toShitopsError} turns it into what a user meets. */
export class BrokerRefusal extends Error {
  readonly code: number
  /** What was asked, for the message: `append to "t" partition 0`. */
  readonly what: string

  constructor(code: number, what: string, detail?: string | null) {
    super(`${what}: ${codeName(code)}${detail ? ` (${detail})` : ''}`)
    this.name = 'BrokerRefusal'
    this.code = code
    this.what = what
  }
}

/** `tls`: certificates, or TLS at all; `version`: too old or too new; `not-kafka`, `garbled`, `too-large`: what it answers. */
export type LossKind = 'tls' | 'not-kafka' | 'version' | 'garbled' | 'too-large'

const CODE_OF_LOSS: Readonly<Record<LossKind, ErrorCode>> = {
  tls: 'SHITOPS_E_BUS_TLS',
  'not-kafka': 'SHITOPS_E_BUS_NOT_KAFKA',
  version: 'SHITOPS_E_BUS_VERSION',
  garbled: 'SHITOPS_E_BUS_PROTOCOL',
  'too-large': 'SHITOPS_E_BUS_TOO_LARGE',
}
/** Brokers come back, certificates are renewed, proxies find their broker again: whoever may wait tries again. */
const PASSING = new Set<string>(['SHITOPS_E_BUS_UNAVAILABLE', ...Object.values(CODE_OF_LOSS)])

/** The broker could not be reached, went away, or did not answer in time: its part of the work is to be taken up elsewhere, or again. */
export class BrokerLost extends Error {
  readonly address: string
  /** What else is wrong than that it cannot be reached. */
  readonly kind: LossKind | undefined

  constructor(address: string, reason: string, cause?: unknown, kind?: LossKind) {
    super(`${address}: ${reason}`, { cause })
    this.name = 'BrokerLost'
    this.address = address
    this.kind = kind
  }
}

/** True where trying again may help: a lost broker, all brokers lost, or an error code that passes. */
export function mayPass(error: unknown): boolean {
  if (error instanceof ShitopsError) return PASSING.has(error.code)
  return error instanceof BrokerLost || (error instanceof BrokerRefusal && isRetriable(error.code))
}

/** Throws for any code but 0. */
export function checkCode(code: number, what: string, detail?: string | null): void {
  if (code !== CODE.NONE) throw new BrokerRefusal(code, what, detail)
}

/** What a user meets for a failure that came out of this folder. */
export function toShitopsError(error: unknown): unknown {
  if (error instanceof BrokerLost) return unavailable([error])
  if (!(error instanceof BrokerRefusal)) return error
  const { code, message } = error
  if (isDenied(code)) {
    // Brokers say no more than that, or print the request that they passed on, with what it is in memory.
    return new ShitopsError('SHITOPS_E_BUS_AUTH', `the broker does not allow it: ${error.what}: ${codeName(code)}`, {
      suggestions: [
        `ask the cluster administrator for the ACL "${missingAcl(code, error.what)}", or log in as another user (saslUsername=)`,
      ],
      cause: error,
    })
  }
  if (code === CODE.UNSUPPORTED_VERSION) {
    return new ShitopsError('SHITOPS_E_BUS_VERSION', `a broker is too old or too new for this: ${message}`, {
      suggestions: ['docs/bus.md says which versions of Kafka are known to work', 'shitops doctor'],
      cause: error,
    })
  }
  if (INVALID_TOPIC.has(code)) {
    return new ShitopsError('SHITOPS_E_TOPIC_INVALID', `the broker refuses it: ${message}`, {
      suggestions: [
        'shitops cluster describe says how many brokers there are',
        'shitops topic describe TOPIC shows settings that it takes',
      ],
      cause: error,
    })
  }
  if (INVALID_RECORD.has(code)) {
    const tooLarge = code === CODE.MESSAGE_TOO_LARGE || code === CODE.RECORD_LIST_TOO_LARGE
    return new ShitopsError('SHITOPS_E_RECORD_INVALID', `the broker refuses the record: ${message}`, {
      suggestions: tooLarge
        ? ['a larger max.message.bytes in topics.yaml, then shitops topic apply', 'compression=zstd in the bus URL']
        : [],
      cause: error,
    })
  }
  if (isRetriable(code)) {
    return new ShitopsError('SHITOPS_E_BUS_BUSY', `the cluster could not do it in time: ${message}`, {
      suggestions: ['shitops doctor', 'try again, or raise the deadline with deliveryTimeout= in the bus URL'],
      cause: error,
    })
  }
  return new ShitopsError('SHITOPS_E_BUS_UNSUPPORTED', `the broker refuses it: ${message}`, { cause: error })
}

const INVALID_TOPIC = new Set<number>([
  CODE.INVALID_TOPIC,
  CODE.INVALID_PARTITIONS,
  CODE.INVALID_REPLICATION_FACTOR,
  CODE.INVALID_REPLICA_ASSIGNMENT,
  CODE.INVALID_CONFIG,
  CODE.POLICY_VIOLATION,
])

const INVALID_RECORD = new Set<number>([CODE.MESSAGE_TOO_LARGE, CODE.RECORD_LIST_TOO_LARGE, CODE.INVALID_RECORD, CODE.INVALID_TIMESTAMP])

/** Every address that was tried and why it failed, on one line. */
export function reasonsOf(losses: readonly BrokerLost[]): string {
  return [...new Set(losses.map((loss) => loss.message))].join('; ')
}

/** No broker answered. */
export function unavailable(losses: readonly BrokerLost[]): ShitopsError {
  const [first] = losses
  const address = first?.address ?? 'the broker'
  const [kind, ...others] = new Set(losses.map((loss) => loss.kind))
  const code = kind && others.length === 0 ? CODE_OF_LOSS[kind] : 'SHITOPS_E_BUS_UNAVAILABLE'
  return new ShitopsError(code, `no Kafka broker can be reached: ${reasonsOf(losses)}`, {
    suggestions: [...new Set([...losses.flatMap(adviceFor), `check that the broker runs and that ${address} is its address`])],
    cause: first,
  })
}

function adviceFor({ message, kind }: BrokerLost): string[] {
  if (kind === 'version') return ['docs/bus.md says which versions of Kafka are known to work']
  if (message.includes('does not speak TLS')) return ['leave tls= away, or name the port of the TLS listener']
  if (message.includes('it speaks TLS')) return ['?tls=true, and tlsCa=FILE where its authority is not known to this machine']
  if (message.includes('not as a Kafka broker')) return ['if the listener speaks TLS or SASL, say so in the URL: ?tls=true or ?sasl=…']
  if (message.includes('Closed connection')) return ['if the broker wants a login, say how: ?sasl=scram-sha-512&saslUsername=NAME']
  if (message.includes('has expired')) return ['the broker needs a new certificate; check the clock of this machine as well']
  if (message.includes('not valid yet')) return ['check the clock of this machine, and when the certificate of the broker begins']
  if (message.includes('altnames')) return ['tlsServerName=NAME, where the certificate has another name that you expect']
  if (message.includes('certificate')) return ['name the authority that signed the broker with tlsCa=FILE']
  return []
}

/** A lost broker from whatever was thrown; other errors pass through. */
export function asLost(address: string, error: unknown): unknown {
  if (error instanceof ShitopsError || error instanceof BrokerLost || error instanceof BrokerRefusal) return error
  return new BrokerLost(address, messageOf(error).replace(/^Connection error: /, ''), error)
}
