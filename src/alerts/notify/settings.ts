/** What the section `alerts` of the configuration says, checked by its schema (src/config/sections/alerts.ts); durations are text. */
export interface AlertSettings {
  /** Where people reach shitops, for links. */
  externalUrl?: string | undefined
  /** Page of an alert without one of its own; `{alertname}` stands for its name. */
  runbookUrl?: string | undefined
  allowExec?: boolean | undefined
  giveUpAfter?: string | undefined
  route?: RouteSettings | undefined
  routes?: ReadonlyArray<RouteSettings & { matchers: readonly string[]; continue?: boolean | undefined }> | undefined
  receivers?: readonly ReceiverSettings[] | undefined
  alertmanagers?: readonly AlertmanagerSettings[] | undefined
  inhibitRules?: readonly InhibitSettings[] | undefined
  timeIntervals?: readonly IntervalSettings[] | undefined
  absence?: readonly AbsenceSettings[] | undefined
}

export interface RouteSettings {
  receiver?: string | undefined
  groupBy?: readonly string[] | undefined
  groupWait?: string | undefined
  groupInterval?: string | undefined
  repeatInterval?: string | undefined
  muteTimeIntervals?: readonly string[] | undefined
  activeTimeIntervals?: readonly string[] | undefined
  escalation?: ReadonlyArray<{ after: string; receiver: string }> | undefined
}

export interface ReceiverSettings {
  name: string
  sendResolved?: boolean | undefined
  maxAlerts?: number | undefined
  webhook?: readonly WebhookSettings[] | undefined
  slack?: readonly ChatSettings[] | undefined
  teams?: readonly ChatSettings[] | undefined
  email?: readonly EmailSettings[] | undefined
  exec?: readonly ExecSettings[] | undefined
}

/** One of the three. An address that is itself a secret stands in a file or a variable. */
export interface AddressSettings {
  url?: string | undefined
  urlFile?: string | undefined
  urlEnv?: string | undefined
}

export interface ChatSettings extends AddressSettings {
  timeout?: string | undefined
}

export interface WebhookSettings extends AddressSettings {
  bearerTokenFile?: string | undefined
  bearerTokenEnv?: string | undefined
  signingSecretFile?: string | undefined
  signingSecretEnv?: string | undefined
  timeout?: string | undefined
}

export interface EmailSettings {
  to: readonly string[]
  from: string
  host: string
  port?: number | undefined
  tls?: 'starttls' | 'implicit' | 'none' | undefined
  username?: string | undefined
  passwordFile?: string | undefined
  passwordEnv?: string | undefined
  timeout?: string | undefined
}

export interface ExecSettings {
  command: readonly string[]
  timeout?: string | undefined
}

export interface AlertmanagerSettings {
  url: string
  username?: string | undefined
  passwordFile?: string | undefined
  passwordEnv?: string | undefined
  bearerTokenFile?: string | undefined
  bearerTokenEnv?: string | undefined
  timeout?: string | undefined
}

export interface InhibitSettings {
  sourceMatchers: readonly string[]
  targetMatchers: readonly string[]
  equal?: readonly string[] | undefined
  topology?: boolean | undefined
}

export interface IntervalSettings {
  name: string
  timeZone?: string | undefined
  entries: ReadonlyArray<{
    times?: readonly string[] | undefined
    weekdays?: readonly string[] | undefined
    daysOfMonth?: readonly string[] | undefined
    months?: readonly string[] | undefined
    years?: readonly string[] | undefined
  }>
}

export interface AbsenceSettings {
  topic: string
  for: string
  severity?: 'info' | 'warning' | 'critical' | undefined
  channel?: 'finance' | 'operations' | undefined
}

/** The ways in which a receiver can be told, in the order of their numbers. */
export const TARGET_KINDS = ['webhook', 'slack', 'teams', 'email', 'exec'] as const
export type TargetKind = (typeof TARGET_KINDS)[number]

/** Whether there is anybody to tell. */
export function tellsAnybody({ receivers = [], alertmanagers = [] }: AlertSettings): boolean {
  return receivers.length > 0 || alertmanagers.length > 0
}
