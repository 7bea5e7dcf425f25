import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Distribution } from './distribution.ts'
import type { TlsFiles } from './tls.ts'

const run = promisify(execFile)
const LOOPBACK = '127.0.0.1'

/** How clients may come in. `plaintext` is always there: the brokers themselves use it. */
export type Listener = 'plaintext' | 'tls' | 'mtls' | 'sasl' | 'saslTls'

const PROTOCOL = { plaintext: 'PLAINTEXT', tls: 'SSL', mtls: 'SSL', sasl: 'SASL_PLAINTEXT', saslTls: 'SASL_SSL' } as const

/** Where one node lives: its folder, its ports (kept over restarts) and the controllers it votes with. */
export interface NodePlan {
  id: number
  rack: string
  folder: string
  ports: Partial<Record<Listener, number>>
  /** Port of its controller, where it is one. */
  controller: number | null
  voters: ReadonlyArray<{ id: number; port: number; address?: string }>
  /** Where it lives on the network, where that is not 127.0.0.1 (called localhost). */
  host?: NodeHost
}

/** A place on the network for one node. */
export interface NodeHost {
  /** IP address to listen on and to advertise. */
  address: string
  /** Command that a node's own command is handed to, so that it runs there: `nsenter …`. */
  enter: readonly string[]
}

export interface ClusterSettings {
  brokers: number
  listeners: readonly Listener[]
  tls?: TlsFiles
  /** User name to password, for PLAIN and SCRAM alike. */
  users?: Readonly<Record<string, string>>
  /** Refuse everything to everybody but these users (and to the plaintext listener's anonymous). */
  superUsers?: readonly string[]
  /** Broker settings by their Kafka names, over the ones below. */
  extra: Readonly<Record<string, string>>
}

/** Writes server.properties of a node into its folder. */
export async function writeProperties(plan: NodePlan, settings: ClusterSettings): Promise<void> {
  const address = plan.host?.address ?? LOOPBACK
  const listeners = settings.listeners.map((name) => `${name.toUpperCase()}://${address}:${plan.ports[name]}`)
  const majority = Math.min(2, settings.brokers)
  const replicas = Math.min(3, settings.brokers)
  const properties: Record<string, string> = {
    'process.roles': plan.controller === null ? 'broker' : 'broker,controller',
    'node.id': String(plan.id),
    'broker.rack': plan.rack,
    'controller.quorum.voters': plan.voters.map((voter) => `${voter.id}@${voter.address ?? LOOPBACK}:${voter.port}`).join(','),
    listeners: [...listeners, ...(plan.controller === null ? [] : [`CONTROLLER://${address}:${plan.controller}`])].join(','),
    // The name in TLS certificates is localhost, and clients compare it with what the broker advertises.
    'advertised.listeners': listeners.join(',').replaceAll(LOOPBACK, 'localhost'),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': [
      ...settings.listeners.map((name) => `${name.toUpperCase()}:${PROTOCOL[name]}`),
      'CONTROLLER:PLAINTEXT',
    ].join(','),
    'log.dirs': join(plan.folder, 'data'),
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': String(replicas),
    'transaction.state.log.replication.factor': String(replicas),
    'transaction.state.log.min.isr': String(majority),
    'share.coordinator.state.topic.replication.factor': String(replicas),
    'share.coordinator.state.topic.min.isr': String(majority),
    'offsets.topic.num.partitions': '6',
    'transaction.state.log.num.partitions': '6',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'log.cleaner.dedupe.buffer.size': '4194304',
    // A dead or frozen broker is found out in 3 s instead of 9, so that fail-over tests are short.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'replica.lag.time.max.ms': '5000',
    'replica.selector.class': 'org.apache.kafka.common.replica.RackAwareReplicaSelector',
    ...(settings.tls ? tlsProperties(settings.tls) : {}),
    ...saslProperties(settings),
    ...settings.extra,
  }
  await mkdir(plan.folder, { recursive: true })
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${asciiOnly(value)}\n`)
  await writeFile(join(plan.folder, 'server.properties'), lines.join(''), { mode: 0o600 })
}

/** Java reads .properties files as ISO 8859-1. */
function asciiOnly(value: string): string {
  return value.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function tlsProperties(tls: TlsFiles): Record<string, string> {
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': tls.brokerPem,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': tls.ca,
    'listener.name.mtls.ssl.client.auth': 'required',
  }
}

function saslProperties({ users = {}, superUsers, listeners }: ClusterSettings): Record<string, string> {
  const properties: Record<string, string> = {}
  const plainUsers = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`)
  for (const listener of listeners) {
    if (!PROTOCOL[listener].startsWith('SASL')) continue
    const prefix = `listener.name.${listener.toLowerCase()}`
    properties[`${prefix}.sasl.enabled.mechanisms`] = 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512'
    properties[`${prefix}.plain.sasl.jaas.config`] =
      `org.apache.kafka.common.security.plain.PlainLoginModule required ${plainUsers.join(' ')};`
    for (const mechanism of ['scram-sha-256', 'scram-sha-512']) {
      properties[`${prefix}.${mechanism}.sasl.jaas.config`] = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
    }
  }
  if (superUsers) {
    properties['authorizer.class.name'] = 'org.apache.kafka.metadata.authorizer.StandardAuthorizer'
    properties['super.users'] = ['ANONYMOUS', ...superUsers].map((name) => `User:${name}`).join(';')
  }
  return properties
}

/** Formats the first node's storage with Kafka's own tool: cluster id, feature levels (KIP-848 among them) and SCRAM users. */
export async function formatNode(
  { classPath, archive, logging }: Distribution,
  plan: NodePlan,
  { clusterId, scramUsers }: { clusterId: string; scramUsers: Readonly<Record<string, string>> },
): Promise<void> {
  const scram = Object.entries(scramUsers).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => ['--add-scram', `${mechanism}=[name=${name},password=${password}]`]),
  )
  const java = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...(archive ? [`-XX:SharedArchiveFile=${archive}`] : [])]
  const tool = [
    '-cp',
    classPath,
    'kafka.tools.StorageTool',
    'format',
    `--cluster-id=${clusterId}`,
    '-c',
    join(plan.folder, 'server.properties'),
  ]
  await run('java', [...java, logging, ...tool, ...scram]).catch((error: { stderr?: string }) => {
    // Without the command itself, which is a screenful of class path.
    throw new Error(`kafka.tools.StorageTool format failed:\n${error.stderr}`)
  })
}

/** The other nodes need no JVM for it: the same bootstrap checkpoint, and meta.properties with a directory id of their own. */
export async function copyFormat(first: NodePlan, plan: NodePlan, clusterId: string): Promise<void> {
  const data = join(plan.folder, 'data')
  await mkdir(data, { recursive: true })
  const directoryId = randomBytes(16).toString('base64url')
  await writeFile(join(data, 'meta.properties'), `version=1\ncluster.id=${clusterId}\nnode.id=${plan.id}\ndirectory.id=${directoryId}\n`)
  await copyFile(join(first.folder, 'data', 'bootstrap.checkpoint'), join(data, 'bootstrap.checkpoint'))
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer().on('error', reject)
          server.listen(0, LOOPBACK, () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server without a port')
    return address.port
  })
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
