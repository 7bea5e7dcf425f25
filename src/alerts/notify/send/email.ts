import { commonJs } from '../../../base/common-js.ts'
import type { Outcome } from '../dispatch.ts'
import { linesOf, titleOf, type WebhookBody } from '../message.ts'
import type { Sender } from './sender.ts'

export interface EmailOptions {
  readonly to: readonly string[]
  readonly from: string
  readonly host: string
  readonly port: number
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** ms */
  readonly timeout: number
}

/**
 * Mail by SMTP. `Message-ID` comes of the idempotency key, so that a mail that is sent twice is one to whoever looks; mails of a group refer to
 * the group, so that they are one thread.
 */
export function emailSender(options: EmailOptions): Sender {
  const { host, port, tls, username, password, timeout } = options
  return {
    async send(body) {
      const { createTransport } = commonJs(await import('nodemailer'))
      const transport = createTransport({
        ...{ host, port, secure: tls === 'implicit', requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
        ...{
          connectionTimeout: timeout,
          greetingTimeout: timeout,
          socketTimeout: timeout,
          disableFileAccess: true,
          disableUrlAccess: true,
        },
        ...(username !== undefined && { auth: { user: username, pass: password ?? '' } }),
      })
      try {
        await transport.sendMail(mailOf(body, options))
        return { kind: 'taken' }
      } catch (error) {
        return smtpOutcome(error)
      } finally {
        transport.close()
      }
    },
  }
}

export function mailOf(body: WebhookBody, { to, from }: Pick<EmailOptions, 'to' | 'from'>) {
  const domain = /@([\w.-]+)/.exec(from)?.[1] ?? 'shitops.invalid'
  const thread = `<group.${hashOf(body.groupKey)}@${domain}>`
  const text = linesOf(body).map(({ head, summary, advice, runbook, link }) =>
    [head, summary, advice && `What to do: ${advice}`, runbook && `Runbook: ${runbook}`, link].filter(Boolean).join('\n  '),
  )
  return {
    from,
    to: [...to],
    subject: titleOf(body).replace(/[\r\n]+/g, ' '),
    text: `${text.join('\n\n')}\n`,
    messageId: `<${body.idempotencyKey}@${domain}>`,
    inReplyTo: thread,
    references: thread,
    headers: { 'X-Shitops-Idempotency-Key': body.idempotencyKey, 'Auto-Submitted': 'auto-generated' },
  }
}

/** 32 bits are enough to thread mails by. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0
  return hash.toString(16)
}

/** SMTP: 4xx may pass, 5xx will not; what never got to an answer may pass, but for a wrong password. */
export function smtpOutcome(error: unknown): Outcome {
  const { responseCode, code } = error as { responseCode?: number; code?: string }
  if (code === 'EAUTH') return { kind: 'refused', why: 'the mail server refuses user or password' }
  if (responseCode !== undefined && responseCode >= 500) return { kind: 'refused', why: `SMTP ${responseCode}` }
  return { kind: 'later', why: responseCode === undefined ? `no mail server (${code ?? 'failed'})` : `SMTP ${responseCode}` }
}
