import { z } from 'zod'
import { choice, count, type Examples, eventTime, text } from './fields.ts'

/** One attempt to change something through the server: who, what, and what became of it. Never a token, never a body. */
export const schema = z.strictObject({
  event_time: eventTime('when it was decided'),
  actor: text('name of the token; `anonymous` where there was none that is known; the key of the record'),
  action: text('what was asked for: `ack`, `silence`, `unsilence`, `input`'),
  outcome: choice(['done', 'refused', 'failed'], '`refused`: the actor may not, or the request is malformed; `failed`: it did not work'),
  http_status: count('status of the answer'),
  http_method: text('HTTP method'),
  route: text('the route, with its parameters by name: `/api/v1/alerts/:fingerprint/ack`'),
  subject: text('what it was about: a fingerprint, the id of a silence').nullable().optional(),
  error_code: text('code of the error, where it was not done').optional(),
  remote: text('address of the caller').optional(),
})

export type AuditEntry = z.infer<typeof schema>

export const examples: Examples<AuditEntry> = {
  full: {
    event_time: '2026-03-31T14:06:10.000Z',
    actor: 'ops-desk',
    action: 'ack',
    outcome: 'refused',
    http_status: 403,
    http_method: 'POST',
    route: '/api/v1/alerts/:fingerprint/ack',
    subject: '4d2f9c07a1b3e586',
    error_code: 'SHITOPS_E_SERVE_FORBIDDEN',
    remote: '127.0.0.1',
  },
  minimal: {
    event_time: '2026-03-31T14:06:10.000Z',
    actor: 'ops-desk',
    action: 'ack',
    outcome: 'done',
    http_status: 200,
    http_method: 'POST',
    route: '/api/v1/alerts/:fingerprint/ack',
  },
}
