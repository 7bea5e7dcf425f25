import { createHmac } from 'node:crypto'
import type { WebhookBody } from '../message.ts'
import { type HttpPost, httpPost } from './http-post.ts'
import type { Sender } from './sender.ts'

export interface WebhookOptions extends Pick<HttpPost, 'url' | 'timeout' | 'now'> {
  readonly bearerToken?: string | undefined
  readonly signingSecret?: string | undefined
}

/**
 * Alertmanager's webhook. Besides its body: `Idempotency-Key`, the same for every attempt, and with a secret `X-Shitops-Signature`, `sha256=` and
 * the HMAC-SHA-256 of the body in hexadecimal.
 */
export function webhookSender({ bearerToken, signingSecret, ...post }: WebhookOptions): Sender {
  return {
    send: (message: WebhookBody, signal) => {
      const body = JSON.stringify(message)
      const headers = {
        'idempotency-key': message.idempotencyKey,
        ...(bearerToken !== undefined && { authorization: `Bearer ${bearerToken}` }),
        ...(signingSecret !== undefined && {
          'x-shitops-signature': `sha256=${createHmac('sha256', signingSecret).update(body).digest('hex')}`,
        }),
      }
      return httpPost({ ...post, body, headers, signal })
    },
  }
}
