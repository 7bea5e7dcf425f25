/**
 * Every failure a user can meet: a stable code, what went wrong and why, and what to do next.
 * Scripts match on `code` and on the exit code; neither changes once released.
 */

/** Process exit codes, after sysexits(3); 3 means "found something", as grep and diff do it. */
export const EXIT = {
  ok: 0,
  runtime: 1,
  usage: 2,
  found: 3,
  unavailable: 69,
  tryLater: 75,
  notAllowed: 77,
  config: 78,
  /** As shells have it for a command that is not there. */
  notFound: 127,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** The registry of codes: the exit code of each and the one line that docs/errors.md prints. */
export const ERROR_CODES = {
  SHITOPS_E_BUG: { exit: EXIT.runtime, meaning: 'an unexpected failure inside shitops' },
  SHITOPS_E_COMMAND_UNKNOWN: { exit: EXIT.notFound, meaning: 'there is no command of that name' },
  SHITOPS_E_USAGE: { exit: EXIT.usage, meaning: 'a flag or argument is missing, unknown or malformed' },
  SHITOPS_E_POSITION: { exit: EXIT.usage, meaning: 'a position (offset or time) cannot be read' },
  SHITOPS_E_FILTER: { exit: EXIT.usage, meaning: 'a filter expression cannot be read; the message shows where' },
  SHITOPS_E_SQL_SYNTAX: { exit: EXIT.usage, meaning: 'a SQL text cannot be read; the message shows where' },
  SHITOPS_E_SQL_PLAN: {
    exit: EXIT.usage,
    meaning: 'a SQL query that cannot run: an unknown name, a type that does not fit, a construct that is not supported',
  },
  SHITOPS_E_SQL_RUNTIME: {
    exit: EXIT.runtime,
    meaning: 'a value made a SQL query fail, as it would in Flink: a division by zero, a cast of what is no number',
  },
  SHITOPS_E_INSIGHT: { exit: EXIT.usage, meaning: 'the file of an insight, or of its tests, is not valid; the message shows where' },
  SHITOPS_E_INSIGHT_UNKNOWN: { exit: EXIT.usage, meaning: 'there is no insight of that name' },
  SHITOPS_E_RULES: {
    exit: EXIT.usage,
    meaning: 'a file of conformance rules, or a temporal profile, is not valid; the message names the line',
  },
  SHITOPS_E_JOB_PLAN: { exit: EXIT.usage, meaning: 'a job of that name has state of another query' },
  SHITOPS_E_JOB_INPUT: { exit: EXIT.runtime, meaning: 'input that a job must read again to go on is gone' },
  SHITOPS_E_TOPIC_UNKNOWN: { exit: EXIT.usage, meaning: 'the bus has no topic of that name' },
  SHITOPS_E_RESUME: { exit: EXIT.usage, meaning: 'a replay token that is unknown, or belongs to another replay' },
  SHITOPS_E_TOPIC_EXISTS: { exit: EXIT.usage, meaning: 'a topic of that name is there already' },
  SHITOPS_E_TOPIC_INVALID: { exit: EXIT.usage, meaning: 'a topic name or setting that Kafka would refuse' },
  SHITOPS_E_TOPICS_FILE: {
    exit: EXIT.config,
    meaning: 'a file of topics is not valid, or is for another cluster; the message names the line',
  },
  SHITOPS_E_TOPICS_LEFT: { exit: EXIT.found, meaning: 'topics are still not as their file has them: something stood in the way' },
  SHITOPS_E_DISK_SPACE: { exit: EXIT.runtime, meaning: "copies that are to move would fill a broker's disk" },
  SHITOPS_E_GROUP_UNKNOWN: { exit: EXIT.usage, meaning: 'the bus has no consumer group of that name' },
  SHITOPS_E_GROUP_ACTIVE: { exit: EXIT.tryLater, meaning: 'the consumer group has live members; stop them first' },
  SHITOPS_E_FENCED: { exit: EXIT.tryLater, meaning: 'another member took over: this one may no longer commit' },
  SHITOPS_E_RECORD_INVALID: { exit: EXIT.runtime, meaning: "a record does not fit its topic's schema" },
  SHITOPS_E_CONFIRM: { exit: EXIT.usage, meaning: 'a destructive step needs --yes or --confirm NAME' },
  SHITOPS_E_NOT_ALLOWED: { exit: EXIT.notAllowed, meaning: 'this user may not read or write a file or folder' },
  SHITOPS_E_FILE: { exit: EXIT.runtime, meaning: 'a file cannot be read or written' },
  SHITOPS_E_SERIES: { exit: EXIT.runtime, meaning: 'a series is too short to be foretold from' },
  SHITOPS_E_CONFIG: { exit: EXIT.config, meaning: 'the configuration is not valid' },
  SHITOPS_E_SECRET_MODE: { exit: EXIT.notAllowed, meaning: 'a secret file is readable by others' },
  SHITOPS_E_BUS_URL: { exit: EXIT.usage, meaning: 'a --bus URL that cannot be read' },
  SHITOPS_E_BUS_UNAVAILABLE: { exit: EXIT.unavailable, meaning: 'the bus cannot be reached' },
  SHITOPS_E_BUS_TLS: { exit: EXIT.unavailable, meaning: 'no agreement with a broker about TLS or certificates' },
  SHITOPS_E_BUS_NOT_KAFKA: { exit: EXIT.unavailable, meaning: 'what answers at an address is no Kafka broker' },
  SHITOPS_E_BUS_VERSION: { exit: EXIT.unavailable, meaning: 'a broker is too old or too new for this version' },
  SHITOPS_E_BUS_PROTOCOL: { exit: EXIT.unavailable, meaning: 'a broker gives answers that cannot be read' },
  SHITOPS_E_BUS_TOO_LARGE: { exit: EXIT.unavailable, meaning: 'an answer of a broker is larger than the limit' },
  SHITOPS_E_BUS_AUTH: { exit: EXIT.notAllowed, meaning: 'the broker refused the credentials or the principal' },
  SHITOPS_E_BUS_FULL: { exit: EXIT.runtime, meaning: 'the disk or the map of the embedded bus is full' },
  SHITOPS_E_BUS_CORRUPT: { exit: EXIT.runtime, meaning: 'stored records are damaged' },
  SHITOPS_E_BUS_BUSY: { exit: EXIT.tryLater, meaning: 'the broker could not take the write in time' },
  SHITOPS_E_BUS_UNSUPPORTED: { exit: EXIT.runtime, meaning: 'this bus cannot do that' },
  SHITOPS_E_OFFSET_RANGE: { exit: EXIT.usage, meaning: 'an offset outside what the topic holds' },
  SHITOPS_E_NO_MODULE: { exit: EXIT.unavailable, meaning: 'an optional module is not installed' },
  SHITOPS_E_NO_RADIO: { exit: EXIT.unavailable, meaning: 'no usable Bluetooth adapter' },
  SHITOPS_E_RADIO_RIGHTS: { exit: EXIT.notAllowed, meaning: 'this user may not use the Bluetooth adapter' },
  SHITOPS_E_MQTT_UNAVAILABLE: { exit: EXIT.unavailable, meaning: 'the MQTT broker cannot be reached' },
  SHITOPS_E_MQTT_REFUSED: { exit: EXIT.notAllowed, meaning: 'the MQTT broker refuses the credentials or the subscription' },
  SHITOPS_E_BLE_NOT_APPLE: { exit: EXIT.runtime, meaning: "a Bluetooth frame is not one of Apple's" },
  SHITOPS_E_BLE_BROKEN: { exit: EXIT.runtime, meaning: 'a Bluetooth frame is cut off or malformed' },
  SHITOPS_E_BLE_INPUT: { exit: EXIT.runtime, meaning: 'a line of frames is neither hex nor JSON with hex' },
  SHITOPS_E_GNMI_INPUT: { exit: EXIT.runtime, meaning: 'JSON that is not a gNMI SubscribeResponse' },
  SHITOPS_E_GNMI_TARGET: { exit: EXIT.runtime, meaning: 'a gNMI target reports an error in its stream' },
  SHITOPS_E_GNMI_UNREACHABLE: { exit: EXIT.unavailable, meaning: 'no connection to a gNMI target' },
  SHITOPS_E_GNMI_TLS: { exit: EXIT.unavailable, meaning: 'no agreement with a gNMI target about TLS or certificates' },
  SHITOPS_E_GNMI_NOT_GNMI: { exit: EXIT.unavailable, meaning: 'what answers at an address does not speak gNMI' },
  SHITOPS_E_GNMI_TIMEOUT: { exit: EXIT.tryLater, meaning: 'a gNMI target does not answer in time' },
  SHITOPS_E_GNMI_AUTH: { exit: EXIT.notAllowed, meaning: 'a gNMI target does not take the credentials' },
  SHITOPS_E_GNMI_REFUSED: { exit: EXIT.runtime, meaning: 'a gNMI target refuses a request: a path, a mode, an encoding' },
  SHITOPS_E_GNMI_TOO_LARGE: { exit: EXIT.runtime, meaning: 'a gNMI message is larger than the limit' },
  SHITOPS_E_GNMI_FAILED: { exit: EXIT.tryLater, meaning: 'a gNMI call failed in a way that may pass' },
  SHITOPS_E_GNMI_VALUE: {
    exit: EXIT.runtime,
    meaning: 'a gNMI value is not what its type or its mapping says; it was kept as text, or gave no sample',
  },
  SHITOPS_E_GNMI_MAPPING: { exit: EXIT.config, meaning: 'a file that maps gNMI paths to metrics is not valid; the message names the line' },
  SHITOPS_E_AGENT_LISTEN: { exit: EXIT.unavailable, meaning: 'the gNMI agent cannot listen on its address' },
  SHITOPS_E_AGENT_TLS: { exit: EXIT.config, meaning: "the gNMI agent's certificate or key cannot be used" },
  SHITOPS_E_RECEIVE_LISTEN: { exit: EXIT.unavailable, meaning: "the receiver of LibreNMS's calls cannot listen on its address" },
  SHITOPS_E_RECEIVE_SECRET: { exit: EXIT.config, meaning: "the receiver of LibreNMS's calls has no secret, or one that is too short" },
  SHITOPS_E_SERVE_LISTEN: { exit: EXIT.unavailable, meaning: 'the server cannot listen on its address' },
  SHITOPS_E_SERVE_TOKENS: { exit: EXIT.config, meaning: "the server's tokens cannot be read: a line is NAME ROLES TOKEN" },
  SHITOPS_E_SERVE_TLS: { exit: EXIT.config, meaning: "the server's certificate or key cannot be used" },
  SHITOPS_E_SERVE_AUTH: { exit: EXIT.notAllowed, meaning: 'a request to the server has no token, or none that it knows' },
  SHITOPS_E_SERVE_FORBIDDEN: { exit: EXIT.notAllowed, meaning: 'a token, a page or an address may not do that at the server' },
  SHITOPS_E_SERVE_REQUEST: { exit: EXIT.usage, meaning: 'a request to the server is malformed, or asks for what is not there' },
  SHITOPS_E_DASH_TERMINAL: { exit: EXIT.usage, meaning: 'the dashboard needs a terminal for its input and output' },
  SHITOPS_E_DASH_TOKEN: { exit: EXIT.notAllowed, meaning: 'there is no token to show to the server' },
  SHITOPS_E_SERVE_NOT_READY: {
    exit: EXIT.tryLater,
    meaning: 'the server has not read the bus yet, cannot read it now, or has no room for one more',
  },
  SHITOPS_E_LIBRENMS_TOKEN: { exit: EXIT.config, meaning: 'no token for LibreNMS, or one that cannot be one' },
  SHITOPS_E_LIBRENMS_UNREACHABLE: { exit: EXIT.unavailable, meaning: 'no connection to LibreNMS' },
  SHITOPS_E_LIBRENMS_TLS: { exit: EXIT.unavailable, meaning: 'no agreement with LibreNMS about TLS or certificates' },
  SHITOPS_E_LIBRENMS_NOT_API: { exit: EXIT.unavailable, meaning: "what answers is not LibreNMS's API: a web page, a redirect" },
  SHITOPS_E_LIBRENMS_NO_ROUTE: { exit: EXIT.unavailable, meaning: 'this version of LibreNMS has no such route' },
  SHITOPS_E_LIBRENMS_TIMEOUT: { exit: EXIT.tryLater, meaning: 'LibreNMS does not answer in time' },
  SHITOPS_E_LIBRENMS_AUTH: { exit: EXIT.notAllowed, meaning: 'LibreNMS does not take the token' },
  SHITOPS_E_LIBRENMS_FORBIDDEN: { exit: EXIT.notAllowed, meaning: 'the user of the token may not do that in LibreNMS' },
  SHITOPS_E_LIBRENMS_RATE_LIMITED: { exit: EXIT.tryLater, meaning: 'LibreNMS, or a proxy before it, asks for fewer requests' },
  SHITOPS_E_LIBRENMS_BROKEN: { exit: EXIT.tryLater, meaning: 'an answer of LibreNMS is cut off, empty or not JSON' },
  SHITOPS_E_LIBRENMS_FAILED: { exit: EXIT.tryLater, meaning: 'LibreNMS fails at a request (5xx)' },
  SHITOPS_E_LIBRENMS_CIRCUIT: { exit: EXIT.tryLater, meaning: 'LibreNMS failed so often that it is left alone for a while' },
  SHITOPS_E_LIBRENMS_REFUSED: { exit: EXIT.runtime, meaning: 'LibreNMS refuses a request (4xx)' },
  SHITOPS_E_LIBRENMS_FEWER: {
    exit: EXIT.found,
    meaning:
      'LibreNMS shows far fewer devices, ports or sensors than before: nothing was deleted, since that is more often a permission than a truth',
  },
  SHITOPS_E_FLINK_UNREACHABLE: { exit: EXIT.unavailable, meaning: "Flink's SQL gateway cannot be reached, or what answers is not one" },
  SHITOPS_E_FLINK_REFUSED: { exit: EXIT.runtime, meaning: "Flink refuses a statement, or its job failed; the message is Flink's own" },
  SHITOPS_E_WORKFLOW_LOG: {
    exit: EXIT.runtime,
    meaning:
      'a workflow log cannot be read, or the rest of it: cut off, damaged, not well-formed (what came before was imported), or read wrongly',
  },
  SHITOPS_E_FLINK_JOB: { exit: EXIT.runtime, meaning: 'a job on the Flink cluster failed, or somebody stopped it' },
  SHITOPS_E_KEY: { exit: EXIT.usage, meaning: 'a headset key cannot be read' },
  SHITOPS_E_HEADSET_UNKNOWN: { exit: EXIT.usage, meaning: 'no headset of that alias is enrolled' },
  SHITOPS_E_HEADSET_EXISTS: { exit: EXIT.usage, meaning: 'a headset of that alias is enrolled already' },
  SHITOPS_E_MATCHER: { exit: EXIT.usage, meaning: 'a matcher of labels cannot be read; the message shows where' },
  SHITOPS_E_SILENCE: { exit: EXIT.usage, meaning: 'a silence that cannot be: it ends before it begins, or matches everything' },
  SHITOPS_E_SILENCE_UNKNOWN: { exit: EXIT.usage, meaning: 'there is no silence of that id' },
  SHITOPS_E_ALERT_UNKNOWN: { exit: EXIT.usage, meaning: 'there is no alert of that fingerprint, or several begin with it' },
  SHITOPS_E_RECEIVER_UNKNOWN: { exit: EXIT.usage, meaning: 'the configuration has no receiver of that name' },
  SHITOPS_E_NOTIFY: { exit: EXIT.runtime, meaning: 'a receiver of notifications refuses what it is sent' },
  SHITOPS_E_NOTIFY_LATER: { exit: EXIT.tryLater, meaning: 'a receiver of notifications cannot be reached, or asks to be called later' },
  SHITOPS_E_BACKTEST_LABELS: { exit: EXIT.usage, meaning: 'a file of labelled windows cannot be read; the message shows where' },
  SHITOPS_E_ALERT_INPUT: { exit: EXIT.runtime, meaning: 'a webhook body that is no list of alerts' },
  SHITOPS_E_NO_TTY: { exit: EXIT.usage, meaning: 'the command needs a terminal' },
} as const satisfies Record<string, { exit: ExitCode; meaning: string }>

export type ErrorCode = keyof typeof ERROR_CODES

export interface ErrorOptions {
  /** What to do next: commands to type or things to check, best first. */
  suggestions?: string[]
  cause?: unknown
  /** Of a command with two buses: the one that this is about. */
  side?: Side
}

/** The bus that a command reads from or works on, and another that it writes to or compares with. */
export type Side = 'source' | 'target'

export class ShitopsError extends Error {
  readonly code: ErrorCode
  readonly suggestions: readonly string[]
  readonly exit: ExitCode
  /** See {@link ErrorOptions}; set late where only the caller knows ({@link about}). */
  side: Side | undefined

  /** @param message what failed and why, in one sentence, naming the thing (address, topic, file, line) */
  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'ShitopsError'
    this.code = code
    this.suggestions = options.suggestions ?? []
    this.side = options.side
    this.exit = ERROR_CODES[code].exit
  }
}

/** True for our error of that code. Codes are the contract, not classes: a module that is loaded twice has two of each class. */
export function hasCode(error: unknown, code: ErrorCode): error is ShitopsError {
  return error instanceof Error && (error as { code?: unknown }).code === code
}

/** True for any of our errors, of whichever class. */
export function isOurs(error: unknown): error is ShitopsError {
  return error instanceof Error && Object.hasOwn(ERROR_CODES, String((error as { code?: unknown }).code))
}

/** What fails in `work` is about that side, for what it suggests to name that bus; whoever said so before knew better. */
export async function about<T>(side: Side, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (isOurs(error)) error.side ??= side
    throw error
  }
}

/** True when the operating system refused it: rights, or a file system that is mounted to be read only. */
export function isNotAllowed(error: unknown): boolean {
  return /^(EACCES|EPERM|EROFS)$/.test(String((error as { code?: unknown } | undefined)?.code))
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
