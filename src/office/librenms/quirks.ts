/**
 * How this LibreNMS deviates from what a client may expect. What is here by default is what the present one does; each switch gives
 * another version, or a better world, for tests that must hold in both. Sources: the API's code at 26.7 and issues of its users.
 */
export interface Quirks {
  /** As GET /system says it. */
  version: string
  /** `text`: every column is a string, as an old PHP has it (and as the documentation still shows). */
  numbers: 'native' | 'text'
  /** Flags are 0/1 from SQL and true/false from models; or everywhere the one or the other. */
  flags: 'native' | 'digits' | 'words'
  /** Text from SQL, an object from a model; or always one of them, always null, or no such key (26.4). */
  location: 'native' | 'text' | 'object' | 'null' | 'absent'
  /** Lists that answer 404 when they are empty; false: 200 and an empty list. */
  emptyIs404: boolean
  /** `count` stands beside a plain array only; or never, or always. */
  count: 'native' | 'never' | 'always'
  /** A result that is null has no key at all; false: an empty list. */
  absentKey: boolean
  /** `services` is a list in a list. */
  doubleArray: boolean
  /** A rename answers 200 with an empty body. */
  emptyRename: boolean
  /** The message of a 422 is an object, field to messages; false: text. */
  message422: 'object' | 'text'
  /** Counters above 2^63-1 are text; false: digits. */
  unsignedAsText: boolean
  /** Models give UTC times with their zone; false: they give local ones too. */
  isoTimes: boolean
  /** The log's order among rows of one second: by id, against it, or another on every page, as a sort of the database may do. */
  ties: 'id' | 'reverse' | 'unstable'
  /** Logs of a host that does not exist: everybody's (true), or 404. */
  unknownHostIsAll: boolean
  /** GET /ports/:id answers 500 "Server Error" (librenms#20466). */
  portById500: boolean
  /** Credentials in devices' rows and in the details of the alert log. */
  secrets: boolean
  /** PUT of components removes the attributes that it does not name. */
  componentsReplace: boolean
  /** A maintenance of a duration without ":" never takes effect. */
  maintenanceNeedsColon: boolean
  /** An ack or unmute of an alert that is not there is a success; false: 404. */
  ackUnknownIsOk: boolean
  /** Acks answer as ever and change nothing. */
  ackIgnored: boolean
  /** PATCH of a device says 200 and changes nothing, whatever the field. */
  patchIgnored: boolean
  /** Routes (names of GET /) that this version does not have: `list_eventlog` and `list_alertlog` for some days of July 2026. */
  missing: readonly string[]
  /** Devices have the column display_template, since 26.6. */
  displayTemplate: boolean
  /** Bodies are compressed for a client that takes gzip, as a web server before PHP may do. */
  gzip: boolean
}

export const NATIVE_QUIRKS: Quirks = {
  version: '26.8.0-42-g0123abcd4',
  numbers: 'native',
  flags: 'native',
  location: 'native',
  emptyIs404: true,
  count: 'native',
  absentKey: true,
  doubleArray: true,
  emptyRename: true,
  message422: 'object',
  unsignedAsText: true,
  isoTimes: true,
  ties: 'id',
  unknownHostIsAll: true,
  portById500: false,
  secrets: true,
  componentsReplace: true,
  maintenanceNeedsColon: true,
  ackUnknownIsOk: true,
  ackIgnored: false,
  patchIgnored: false,
  missing: ['update_device_port_notes'],
  displayTemplate: true,
  gzip: false,
}

const LOGS = ['list_eventlog', 'list_syslog', 'list_alertlog', 'list_authlog']

/** Versions that a client may meet, as deviations from the present one. */
export const VERSIONS = {
  /** Before the poller log; a location was text everywhere. */
  '25.12': {
    version: '25.12.0',
    location: 'text',
    displayTemplate: false,
    missing: ['pollers_log', 'list_wireless_sensors'],
  },
  /** GET /devices/:hostname had no location (librenms#19616). */
  '26.4': { version: '26.4.1', location: 'absent', displayTemplate: false, missing: ['list_wireless_sensors'] },
  '26.7': { version: '26.7.0', missing: [] },
  /** Some days of July 2026, when the logs' routes were lost (librenms#20174). */
  'without logs': { version: '26.7.0-31-gbf887fa49', missing: ['update_device_port_notes', ...LOGS] },
} as const satisfies Record<string, Partial<Quirks>>
