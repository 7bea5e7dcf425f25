import type { Outcome } from '../dispatch.ts'
import type { WebhookBody } from '../message.ts'

/** One way to tell a receiver. Never rejects: what went wrong is the outcome, in words without secrets. */
export interface Sender {
  send(body: WebhookBody, signal: AbortSignal): Promise<Outcome>
}

export const DEFAULT_TIMEOUT = '10s'
