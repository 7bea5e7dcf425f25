import { parseTimes } from '../../alerts/notify/plan.ts'
import { parseRange, type RangeKind } from '../../alerts/notify/time-interval.ts'
import { DURATION_FORMS, parseDuration } from '../../base/duration.ts'
import { parseMatchers } from '../../base/matchers.ts'
import { timeZone } from '../../base/time-zone.ts'
import type { Entry } from '../origin.ts'
import { defineSection, type Zod } from '../section.ts'

const EMPTY = 'must not be empty'

/** Who is told of alerts, and how: docs/alerts.md. */
export const alerts = defineSection({
  about: 'Who is told of alerts, when, and how (docs/alerts.md).',
  defaults: () => ({}),
  schema: (z) => {
    const k = kinds(z)
    return z.strictObject({
      externalUrl: k.url('where people reach shitops, for the links in notifications', 'https://shitops.example').optional(),
      runbookUrl: k
        .text('page of an alert that names none; {alertname} stands for its name', 'https://wiki.example/runbooks/{alertname}')
        .optional(),
      allowExec: z.boolean().meta({ description: 'receivers may run programs (exec)' }).optional(),
      giveUpAfter: k.time('a notification that nobody takes for so long is a dead letter', '1h').optional(),
      route: z
        .strictObject(routeFields(z))
        .meta({ description: 'what holds for every alert, and for routes that do not say otherwise' })
        .optional(),
      routes: z
        .array(
          z.strictObject({
            matchers: k.matchers('which alerts: all must match').min(1, EMPTY),
            continue: z.boolean().meta({ description: 'go on to the routes below' }).optional(),
            ...routeFields(z),
          }),
        )
        .meta({ description: 'exceptions from alerts.route: the first that matches counts', example: ROUTES })
        .optional(),
      receivers: z.array(receiver(z)).meta({ description: 'who can be told, by name', example: RECEIVERS }).optional(),
      alertmanagers: z
        .array(
          z.strictObject({
            url: k.url('its address, without /api/v2'),
            ...credentials(z),
            timeout: k.time('for one call', '10s').optional(),
          }),
        )
        .meta({ description: 'Alertmanagers that all alerts are pushed to', example: [{ url: 'http://127.0.0.1:9093' }] })
        .optional(),
      inhibitRules: z
        .array(
          z.strictObject({
            sourceMatchers: k.matchers('alerts that explain others').min(1, EMPTY),
            targetMatchers: k.matchers('alerts that are not told meanwhile').min(1, EMPTY),
            equal: k.texts('labels that must be the same in both').optional(),
            topology: z
              .boolean()
              .meta({ description: "by LibreNMS's topology: what hangs on the source's device or site, and links into it" })
              .optional(),
          }),
        )
        .meta({ description: 'which alerts hide which others', example: INHIBIT })
        .optional(),
      timeIntervals: z.array(interval(z)).meta({ description: 'stretches of the calendar, by name', example: INTERVALS }).optional(),
      absence: z
        .array(
          z.strictObject({
            topic: k.text('topic of the bus'),
            for: k.time('how long nothing must have come'),
            severity: z.enum(['info', 'warning', 'critical']).meta({ description: 'how bad', byDefault: 'warning' }).optional(),
            channel: z.enum(['finance', 'operations']).meta({ description: 'who is told', byDefault: 'operations' }).optional(),
          }),
        )
        .meta({ description: 'topics on which something must always come: topic_silent fires where nothing does', example: ABSENCE })
        .optional(),
    })
  },
  effective: execBesideReceivers,
})

const ROUTES = [{ matchers: ['severity="critical"'], receiver: 'oncall', groupWait: '10s', repeatInterval: '1h' }]
const RECEIVERS = [
  { name: 'ops', webhook: [{ url: 'https://hooks.example/shitops', bearerTokenFile: '/etc/shitops/hook-token' }] },
  { name: 'oncall', email: [{ to: ['oncall@corp.example'], from: 'shitops@corp.example', host: 'mail.example' }] },
]
const INHIBIT = [{ sourceMatchers: ['alertname="uptime_reset_storm"'], targetMatchers: ['severity=~"info|warning"'], equal: ['site'] }]
const INTERVALS = [{ name: 'night', timeZone: 'Europe/Berlin', entries: [{ times: ['22:00-06:00'], weekdays: ['monday:friday'] }] }]
const ABSENCE = [{ topic: 'device_metrics', for: '10m' }]

function kinds(z: Zod) {
  const meta = (description: string, example?: string) => ({ description, ...(example !== undefined && { example }) })
  return {
    text: (description: string, example?: string) => z.string().min(1, EMPTY).meta(meta(description, example)),
    texts: (description: string, example?: readonly string[]) =>
      z.array(z.string().min(1, EMPTY)).meta({ description, ...(example && { example }) }),
    time: (description: string, byDefault?: string) =>
      z
        .string()
        .refine((text) => parseDuration(text) !== undefined, `must be a duration such as ${DURATION_FORMS}`)
        .meta({ description, type: 'time', ...(byDefault !== undefined && { byDefault }) }),
    url: (description: string, example?: string) =>
      z
        .string()
        .regex(/^https?:\/\/[^@\s]+$/, 'must be an address such as https://hooks.example/x, without credentials')
        .meta(meta(description, example)),
    matchers: (description: string) =>
      z.array(z.string().refine(isMatcher, 'must be a matcher such as site="hq" or team=~"pay.*"')).meta({ description }),
  }
}

function isMatcher(text: string): boolean {
  try {
    return parseMatchers(text).length > 0
  } catch {
    return false
  }
}

function routeFields(z: Zod) {
  const k = kinds(z)
  return {
    receiver: k.text('who is told', 'ops').meta({ description: 'who is told', byDefault: 'the first receiver', example: 'ops' }).optional(),
    groupBy: k
      .texts('labels that make a group: one notification for all of it; ... tells each alert alone', ['alertname', 'site'])
      .optional(),
    groupWait: k.time('how long a new group waits for more', '30s').optional(),
    groupInterval: k.time('changes of a group are told so often at most', '5m').optional(),
    repeatInterval: k.time('what still fires is told again after so long', '4h').optional(),
    muteTimeIntervals: k.texts('names of intervals in which nothing is told', ['night']).optional(),
    activeTimeIntervals: k.texts('names of intervals outside of which nothing is told', ['office-hours']).optional(),
    escalation: z
      .array(z.strictObject({ after: k.time('since it was seen'), receiver: k.text('who is told too') }))
      .meta({ description: 'who is told too of what fires on, and nobody acknowledges', example: [{ after: '15m', receiver: 'oncall' }] })
      .optional(),
  }
}

function receiver(z: Zod) {
  const k = kinds(z)
  const address = {
    url: k.url('its address').optional(),
    urlFile: k.text('file with the address (mode 0600), where that is a secret').optional(),
    urlEnv: k.text('variable with the address').optional(),
  }
  const timeout = k.time('for one call', '10s').optional()
  return z.strictObject({
    name: z
      .string()
      .regex(/^[\w.-]+$/, 'must be letters, digits, ., _ and -')
      .meta({ description: 'its name' }),
    sendResolved: z.boolean().meta({ description: 'tell also that it is over', byDefault: 'true' }).optional(),
    maxAlerts: z.int().min(1).max(1_000).meta({ description: 'most alerts in one notification', byDefault: '100' }).optional(),
    webhook: z
      .array(
        z.strictObject({
          ...address,
          bearerTokenFile: k.text('file with a token (mode 0600)').optional(),
          bearerTokenEnv: k.text('variable with a token').optional(),
          signingSecretFile: k.text('file with a secret (mode 0600) that bodies are signed with').optional(),
          signingSecretEnv: k.text('variable with that secret').optional(),
          timeout,
        }),
      )
      .meta({ description: "addresses that get Alertmanager's webhook body, version 4" })
      .optional(),
    slack: z
      .array(z.strictObject({ ...address, timeout }))
      .meta({ description: 'incoming webhooks as Slack has them' })
      .optional(),
    teams: z
      .array(z.strictObject({ ...address, timeout }))
      .meta({ description: 'webhooks of workflows as Teams has them' })
      .optional(),
    email: z
      .array(
        z.strictObject({
          to: k.texts('who gets it').min(1, EMPTY),
          from: k.text('who sends it'),
          host: k.text('the mail server'),
          port: z.int().min(1).max(65_535).meta({ description: 'its port', byDefault: '587; 465 for implicit; 25 for none' }).optional(),
          tls: z
            .enum(['starttls', 'implicit', 'none'])
            .meta({ description: 'encryption; none only for a server on this machine', byDefault: 'starttls' })
            .optional(),
          username: k.text('user at the mail server').optional(),
          passwordFile: k.text('file with the password (mode 0600)').optional(),
          passwordEnv: k.text('variable with the password').optional(),
          timeout,
        }),
      )
      .meta({ description: 'mail' })
      .optional(),
    exec: z
      .array(z.strictObject({ command: k.texts('program and arguments; no shell').min(1, EMPTY), timeout }))
      .meta({ description: 'programs that get the webhook body on stdin; needs alerts.allowExec' })
      .optional(),
  })
}

function credentials(z: Zod) {
  const k = kinds(z)
  return {
    username: k.text('user, for basic authentication').optional(),
    passwordFile: k.text('file with the password (mode 0600)').optional(),
    passwordEnv: k.text('variable with the password').optional(),
    bearerTokenFile: k.text('file with a token (mode 0600)').optional(),
    bearerTokenEnv: k.text('variable with a token').optional(),
  }
}

function interval(z: Zod) {
  const k = kinds(z)
  const ranges = (kind: RangeKind, description: string, form: string) =>
    z
      .array(z.string().refine((text) => parseRange(kind, text) !== undefined, `must be ${form}`))
      .meta({ description })
      .optional()
  return z.strictObject({
    name: k.text('its name'),
    timeZone: z
      .string()
      .refine((name) => timeZone(name) !== undefined, 'must be a time zone such as Europe/Berlin')
      .meta({ description: 'by which clocks', byDefault: 'UTC' })
      .optional(),
    entries: z
      .array(
        z.strictObject({
          times: z
            .array(z.string().refine((text) => parseTimes(text) !== undefined, 'must be times such as 09:00-17:30'))
            .meta({ description: 'times of day, 22:00-06:00 over midnight' })
            .optional(),
          weekdays: ranges('weekday', 'days of the week, monday:friday', 'a weekday, or two as monday:friday'),
          daysOfMonth: ranges('day', 'days of the month, 1:3; -1 is the last', 'days such as 1:3 or -1'),
          months: ranges('month', 'months, 1:3 or december', 'months such as 1:3 or december'),
          years: ranges('year', 'years, 2026:2027', 'years such as 2026'),
        }),
      )
      .min(1, EMPTY)
      .meta({ description: 'one of them must fit, with all that it says' }),
  })
}

/** Leave to run programs belongs to the receivers it stands beside: the file of some folder is not given it by the user's own. */
function execBesideReceivers(entries: readonly Entry[]): Entry[] {
  const receivers = entries.find(({ path }) => path === 'alerts.receivers')
  return entries.filter(({ path, rank }) => path !== 'alerts.allowExec' || rank >= (receivers?.rank ?? 0))
}
