import type { Bus, OutRecord, RecordBatch } from '../../../bus/bus.ts'
import { dlqRecord, dlqTopic, METRICS, type Metric, toEventTime, toRecord } from '../../../events/index.ts'
import type { CollectorContext } from '../../collector.ts'
import { decodeStore, type StoreSample } from './decode-store.ts'
import { PortNames } from './port-names.ts'

export interface KafkaStoreConfig {
  bus: Pick<Bus, 'append' | 'consume' | 'transact' | 'read' | 'offsets'>
  /** The store's topic, on this bus. */
  topic: string
  instance?: string | undefined
}

/** Dead letters are no use beyond a look at their form. */
const TOPIC = 'device_metrics'

/**
 * LibreNMS's own Kafka data store → `device_metrics` (collector `librenms_kafka`): its records are joined by device and ifIndex with the ports
 * that the sync knows, for the name that all other metrics use. Positions are written with the samples: each record gives its samples once.
 * Counts `store_records`, `store_samples`, `malformed`.
 */
export async function runKafkaStore(context: CollectorContext<KafkaStoreConfig>): Promise<void> {
  const { config, signal } = context
  const names = await PortNames.follow(config.bus, config.instance, signal)
  const group = `shitops-librenms-store${config.instance === undefined ? '' : `-${config.instance}`}`
  await config.bus.consume({
    group,
    topics: [config.topic],
    start: 'latest',
    signal,
    onBatch: async (batch, claim) => {
      const { samples, letters } = take(context, names, batch)
      await config.bus.transact({
        id: `${group}-${batch.partition}`,
        appends: [
          ...(samples.length > 0 ? [{ topic: TOPIC, records: samples }] : []),
          ...(letters.length > 0 ? [{ topic: dlqTopic(TOPIC), records: letters }] : []),
        ],
        offsets: { group, commits: [{ topic: batch.topic, partition: batch.partition, offset: batch.nextOffset }], claim },
      })
      context.metrics.add('store_records', batch.count)
      context.metrics.add('store_samples', samples.length)
      context.metrics.add('published', samples.length)
    },
  })
}

function take({ metrics, logger, clock, config }: CollectorContext<KafkaStoreConfig>, names: PortNames, batch: RecordBatch) {
  const samples: OutRecord[] = []
  const letters: OutRecord[] = []
  for (let i = 0; i < batch.count; i++) {
    const key = batch.key(i)?.toString('utf8') ?? ''
    const value = batch.value(i)
    const decoded = decodeStore(value)
    if (typeof decoded === 'string') {
      metrics.add('malformed')
      if (letters.length === 0) logger.warn(`a record of LibreNMS's Kafka store ${decoded}`)
      letters.push(dlqRecord(TOPIC, { key, value }, { code: 'decode_error', message: `it ${decoded}` }, clock.now()))
      continue
    }
    for (const sample of decoded) samples.push(recordOf(sample, Number(key), names, config.instance))
  }
  return { samples, letters }
}

function recordOf(sample: StoreSample, device: number, names: PortNames, instance: string | undefined): OutRecord {
  const { hostname, at, metric, value, ifIndex } = sample
  const unit = sample.unit ?? METRICS[metric as Metric].unit
  const event = {
    event_time: toEventTime(at),
    target: hostname,
    metric,
    instance: (ifIndex === undefined ? undefined : names.of(device, ifIndex)) ?? sample.instance,
    value,
    unit,
    collector: 'librenms_kafka' as const,
  }
  const source = instance === undefined ? '/librenms/kafka' : `/librenms/${instance}/kafka`
  return toRecord(TOPIC, event, { source })
}
