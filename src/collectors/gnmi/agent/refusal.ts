/** gRPC status codes that the agent ends calls with. */
export const STATUS = {
  INVALID_ARGUMENT: 3,
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  UNAUTHENTICATED: 16,
} as const

/** Why a call is refused: what the client gets to see. */
export class Refusal extends Error {
  readonly code: number
  readonly details: string

  constructor(code: keyof typeof STATUS, details: string) {
    super(details)
    this.name = 'Refusal'
    this.code = STATUS[code]
    this.details = details
  }
}
