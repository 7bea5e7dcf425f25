/** What people write about gNMI targets, as shitops.yaml (`gnmi:`) and a targets file have it. Durations and sizes are text. */

type Optional<T> = { [K in keyof T]?: T[K] | undefined }

export type EncodingName = 'auto' | 'json' | 'bytes' | 'proto' | 'ascii' | 'json_ietf'

/** How a target is reached. Files are absolute paths by the time they come here. */
export type ConnectionSettings = Optional<{
  /** For addresses that name none. */
  port: number
  username: string
  passwordFile: string
  passwordEnv: string
  tokenFile: string
  tokenEnv: string
  /** Plaintext, without TLS. */
  insecure: boolean
  skipVerify: boolean
  tlsCaFile: string
  tlsCertFile: string
  tlsKeyFile: string
  tlsServerName: string
  connectTimeout: string
  keepalive: string
  windowSize: string | number
  maxMessageSize: string | number
}>

/** What holds for all targets that do not say otherwise. */
export type DefaultSettings = ConnectionSettings &
  Optional<{
    encoding: EncodingName | number
    role: string
    team: string
    site: string
  }>

/** Paths in one stream mode. */
export interface GroupSettings {
  paths: string[]
  streamMode?: 'sample' | 'on-change' | 'target-defined' | undefined
  sampleInterval?: string | undefined
  heartbeatInterval?: string | undefined
  suppressRedundant?: boolean | undefined
}

/** One Subscribe RPC: paths in one mode, or groups of several. */
export type SubscriptionSettings = { name: string } & Optional<
  GroupSettings & {
    mode: 'stream' | 'once' | 'poll'
    groups: GroupSettings[]
    encoding: EncodingName | number
    prefix: string
    updatesOnly: boolean
    qos: number
    depth: number
    allowAggregation: boolean
    models: string[]
    pollInterval: string
    polls: number
    staleAfter: string
  }
>

/** A device. */
export type TargetSettings = DefaultSettings & { address: string | string[] } & Optional<{
    name: string
    /** By name; all of them when absent. */
    subscriptions: string[]
    prefixTarget: string
    person: string
  }>

/** Which devices of LibreNMS are collected from, and how. Texts are compared without regard to case; `*` stands for any characters. */
export type RuleSettings = DefaultSettings &
  Optional<{
    os: string | string[]
    /** Of the host name that LibreNMS polls, or of the name that the device gives itself. */
    hostname: string | string[]
    type: string | string[]
    /** Only devices that answer LibreNMS. */
    up: boolean
    /** Devices of this rule are not collected from. */
    skip: boolean
    /** Which of its addresses is dialled; its IP by default. */
    dial: 'ip' | 'hostname'
    subscriptions: string[]
    prefixTarget: string
  }>

/** Everything about targets that stands in one place. */
export type TargetsSettings = Optional<{
  defaults: DefaultSettings
  subscriptions: SubscriptionSettings[]
  targets: TargetSettings[]
  librenms: Optional<{ rules: RuleSettings[] }>
}>

/** Settings that name a file to be read. */
export const FILE_SETTINGS = ['passwordFile', 'tokenFile', 'tlsCaFile', 'tlsCertFile', 'tlsKeyFile'] as const
