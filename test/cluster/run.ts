/**
 * Seven brokers in three racks, a load on them, and faults: `npm run test:cluster`, `-- --short` (for .ci/run), `--fault NAME` (repeatable),
 * `--seconds N` (how long a fault lasts), `--count N` (how often each), `--security none|tls` (both when absent), `--url NAME=VALUE` (an option
 * of the bus URL, repeatable), `--broker NAME=VALUE` (a setting of the brokers, repeatable). A JSON line for each fault and a table at the end on stdout; ends with 1 where an acknowledged record was lost, one was
 * doubled or out of order, a part of a transaction was seen, or service did not come back. Times are printed and not judged.
 */
import { rmSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type OpenBusOptions, openBus } from '../../src/bus/open.ts'
import { fetchKafka, missingForKafka } from '../support/kafka/distribution.ts'
import { type KafkaCluster, startKafka } from '../support/kafka/index.ts'
import { insideOwnNetwork, missingForNetworks, NodeNetwork } from '../support/kafka/network.ts'
import { isInOrder } from './audit.ts'
import { FAULTS, type Fault, faultNamed, RACKS } from './faults.ts'
import { Load } from './load.ts'
import { playRound, type Row } from './round.ts'
import { isBad, tableOf } from './table.ts'

const USER = 'loader'
const PASSWORD = 'a-word-for-tests'
const SHORT = { none: ['kill', 'freeze', 'peers'], tls: ['rack', 'cut'] } as const
/** Otherwise a frozen broker costs the short form half a minute: see the findings of docs/chaos.md. */
const SHORT_BROKERS = ['request.timeout.ms=5000']
const SECURITIES = ['none', 'tls'] as const
type Security = (typeof SECURITIES)[number]

async function main(): Promise<void> {
  const { values: flags } = parseArgs({
    options: {
      ...{ short: { type: 'boolean', default: false }, fault: { type: 'string', multiple: true }, seconds: { type: 'string' } },
      ...{ count: { type: 'string', default: '1' }, security: { type: 'string' }, url: { type: 'string', multiple: true, default: [] } },
      broker: { type: 'string', multiple: true, default: [] },
    },
  })
  const faults = flags.fault?.map(faultNamed)
  const missing = missingForKafka()
  if (missing !== null) {
    console.error(`no Kafka here: ${missing}`)
    process.exitCode = process.env.SHITOPS_REQUIRE_KAFKA === '1' ? 1 : 0
    return
  }
  // Fetched out here: in a network of our own there is no way to Maven.
  await fetchKafka()
  const noNetworks = missingForNetworks()
  if (noNetworks === null) await insideOwnNetwork()
  else console.error(`nobody can be cut off here (${noNetworks}): those faults are skipped`)

  const plans = SECURITIES.filter((name) => !flags.security || flags.security === name).map((security) => ({
    security,
    faults: (faults ?? (flags.short ? SHORT[security].map(faultNamed) : FAULTS)).filter(
      (fault) => noNetworks === null || !fault.needsNetwork,
    ),
  }))
  const network = noNetworks === null ? await NodeNetwork.lay(RACKS.length) : undefined
  const begun = Date.now()
  const kafka = await startKafka({
    ...{ racks: RACKS, listeners: ['saslTls'], users: { [USER]: PASSWORD }, ...(network && { hosts: network.hosts }) },
    properties: {
      'default.replication.factor': '3',
      'min.insync.replicas': '2',
      ...pairs([...(flags.short ? SHORT_BROKERS : []), ...flags.broker]),
    },
  })
  process.once('SIGINT', () => process.exit(130))
  process.on('exit', () => rmSync(kafka.folder, { recursive: true, force: true }))
  const stand = { kafka, network, extra: pairs(flags.url) }
  const times = { count: Number(flags.count), holdMs: Number(flags.seconds ?? (flags.short ? 3 : 15)) * 1000 }
  try {
    console.error(`seven brokers are up after ${((Date.now() - begun) / 1000).toFixed(1)} s`)
    const rows: Row[] = []
    for (const plan of plans) rows.push(...(await play(stand, plan, times)))
    console.log(tableOf(rows))
    if (rows.some(isBad)) process.exitCode = 1
    console.error(
      `${rows.length} faults in ${Math.round((Date.now() - begun) / 1000)} s: ${rows.some(isBad) ? 'NOT as it must be' : 'as it must be'}`,
    )
  } finally {
    await kafka.down()
    network?.close()
  }
}

const pairs = (options: readonly string[]): Record<string, string> =>
  Object.fromEntries(options.map((option) => option.split('=', 2) as [string, string]))

interface Stand {
  kafka: KafkaCluster
  network: NodeNetwork | undefined
  extra: Readonly<Record<string, string>>
}

/** All faults of one way to connect, under one load. */
async function play(
  { kafka, network, extra }: Stand,
  { security, faults }: { security: Security; faults: readonly Fault[] },
  { count, holdMs }: { count: number; holdMs: number },
): Promise<Row[]> {
  const login = { tlsCa: kafka.tls?.ca ?? '', sasl: 'scram-sha-512', saslUsername: USER }
  const open = (url: Readonly<Record<string, string>> = {}, options: OpenBusOptions = {}) =>
    security === 'tls'
      ? openBus(kafka.url({ ...login, ...extra, ...url }, 'saslTls'), { ...options, secrets: { saslPassword: PASSWORD } })
      : openBus(kafka.url({ ...extra, ...url }), options)
  const bus = await open()
  const load = await Load.prepare({ name: security, open, rack: 'b' })
  const rows: Row[] = []
  try {
    for (const fault of faults) {
      for (let round = 0; round < count; round++) {
        console.error(`${security}: ${fault.what} (${round + 1} of ${count})`)
        const scene = { kafka, network, bus, topic: load.topic('measured'), round }
        const row = await playRound(fault, scene, load, { security: security === 'tls' ? 'TLS, SCRAM' : 'none', holdMs })
        rows.push(row)
        console.log(
          JSON.stringify({
            name: 'cluster',
            ...row,
            restarts: load.restarts.splice(0),
            refusals: load.refusals.splice(0, 5),
            ...(row.lost > 0 && { behind: await load.behind() }),
          }),
        )
        if (row.stuck !== null) return rows
      }
    }
    const audit = await load.audit()
    console.log(JSON.stringify({ name: 'cluster audit', security, ...audit }))
    if (!isInOrder(audit)) throw new Error(`read again from the beginning: ${JSON.stringify(audit)}`)
    return rows
  } finally {
    await load.close()
    await bus.close()
  }
}

await main()
