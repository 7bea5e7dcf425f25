/**
 * Every option of a `kafka://` URL: its kind, its default and what it means. The one list: {@link parseKafkaUrl} reads it and a test
 * holds docs/bus.md to it. Times take a unit (`500ms`, `2s`, `5m`) or are milliseconds; sizes take `KiB`, `MiB` or are bytes.
 */
export const KAFKA_OPTIONS = {
  client: { kind: ['wire', 'kafkajs'], default: 'wire', about: 'whose connections: our own, or kafkajs’s' },
  clientId: { kind: 'text', default: 'shitops', about: 'the name that the broker logs and meters this program by' },
  rack: { kind: 'text', default: '', about: 'where this program runs: reads then go to a replica in the same `broker.rack`' },
  compression: { kind: ['none', 'gzip', 'snappy', 'lz4', 'zstd'], default: 'none', about: 'codec of what is written' },
  isolation: {
    kind: ['read_committed', 'read_uncommitted'],
    default: 'read_committed',
    about: 'whether records of open and aborted transactions are read',
  },
  idempotence: { kind: 'flag', default: 'true', about: 'let the broker recognise a repeated write, so that a retry never doubles records' },
  checkCrcs: { kind: 'flag', default: 'true', about: 'verify the checksum of every batch that is read' },
  deliveryTimeout: {
    kind: 'time',
    default: '120s',
    about: 'how long a write, or any request that meets a passing failure, is tried again',
  },
  requestTimeout: { kind: 'time', default: '3s', about: 'how long a broker may take to answer before another one is looked for' },
  connectTimeout: { kind: 'time', default: '3s', about: 'how long a broker may take to accept a connection and to log in' },
  metadataMaxAge: { kind: 'time', default: '2s', about: 'how old the map of leaders may be when a write starts' },
  maxWait: { kind: 'time', default: '500ms', about: 'how long a broker holds a read back while there is nothing to read' },
  batchBytes: { kind: 'size', default: '1000KiB', about: 'most bytes in one write to one partition, before compression' },
  bufferBytes: { kind: 'size', default: '32MiB', about: 'most bytes that wait to be written, or were read and not yet taken' },
  sessionTimeout: { kind: 'time', default: '30s', about: 'a group member not heard of for this long loses its partitions' },
  rebalanceTimeout: { kind: 'time', default: '60s', about: 'how long members may finish their batches when a group is shared out anew' },
  transactionTimeout: { kind: 'time', default: '60s', about: 'the broker aborts a transaction that stays open for longer' },
  tls: { kind: 'flag', default: 'false', about: 'encrypt; also implied by any other `tls…` option' },
  tlsCa: { kind: 'text', default: '', about: 'PEM file with the authorities to trust instead of the system’s' },
  tlsCert: { kind: 'text', default: '', about: 'PEM file with the client certificate, for brokers that ask for one' },
  tlsKey: { kind: 'text', default: '', about: 'PEM file with its key, mode 0600' },
  tlsServerName: { kind: 'text', default: '', about: 'the name to expect in the broker’s certificate, where it differs from the host' },
  sasl: { kind: ['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'], default: 'none', about: 'how to log in' },
  saslUsername: { kind: 'text', default: '', about: 'who logs in; `kafka://USER@HOST:PORT` says the same' },
  saslPasswordFile: { kind: 'text', default: '', about: 'file with the password on its first line, mode 0600' },
  saslTokenFile: { kind: 'text', default: '', about: 'file with the token of `sasl=oauthbearer`, mode 0600, read again at each login' },
  saslTokenEnv: { kind: 'text', default: '', about: 'name of the environment variable with that token' },
  saslPasswordEnv: { kind: 'text', default: '', about: 'name of the environment variable with the password' },
  spool: { kind: 'text', default: '', about: 'folder in which collectors keep records while the brokers are away (docs/edge.md)' },
  spoolSize: { kind: 'size', default: '1GiB', about: 'most bytes of one spool; beyond that the oldest go' },
  spoolAge: { kind: 'time', default: '7d', about: 'how long a record may wait in a spool' },
} as const satisfies Record<string, { kind: OptionKind; default: string; about: string }>

export type OptionKind = 'text' | 'flag' | 'time' | 'size' | readonly string[]
export type KafkaOption = keyof typeof KAFKA_OPTIONS

type ValueOf<Kind> = Kind extends 'text' ? string : Kind extends 'flag' ? boolean : Kind extends readonly (infer Choice)[] ? Choice : number

/** Times in ms, sizes in bytes. */
export type KafkaOptionValues = { -readonly [Name in KafkaOption]: ValueOf<(typeof KAFKA_OPTIONS)[Name]['kind']> }

export type Compression = KafkaOptionValues['compression']
