import { readdir } from 'node:fs/promises'
import { expect } from 'chai'
import fc from 'fast-check'
import type { EventOf, TopicName } from '../../src/events/index.ts'
import { DEFAULT_PARTITIONS, isTopicName, keyOf, TOPIC_NAMES, TOPICS, topicSpec } from '../../src/events/index.ts'

const DESIGN = [
  'device_presence',
  'audio_metrics',
  'ble_sightings',
  'device_telemetry',
  'device_metrics',
  'librenms_devices',
  'librenms_ports',
  'librenms_sensors',
  'librenms_inventory',
  'librenms_links',
  'librenms_alerts',
  'librenms_doorbell',
  'librenms_events',
  'librenms_state',
  'librenms_commands',
  'librenms_results',
  'workflow_events',
  'insights',
  'alerts',
  'alert_log',
  'alert_silences',
  'alert_acks',
  'alert_inhibitions',
  'alert_notifications',
  'audit_log',
]

describe('the registry of topics', () => {
  it('has the topics of the design, each with a file of its name', async () => {
    expect([...TOPIC_NAMES].sort()).to.deep.equal([...DESIGN].sort())
    const files = await readdir('src/events')
    for (const topic of TOPIC_NAMES) expect(files).to.include(`${topic}.ts`)
  })

  it('has a CloudEvents type of its own for each topic: reverse-dns, with a version', () => {
    const types = TOPIC_NAMES.map((topic) => TOPICS[topic].ceType)
    expect(new Set(types).size).to.equal(types.length)
    for (const type of types) expect(type).to.match(/^com\.shitops\.[a-z_]+\.v\d+$/)
  })

  it('compacts exactly the topics of last states', () => {
    const compacted = TOPIC_NAMES.filter((topic) => TOPICS[topic].compacted)
    expect(compacted).to.have.members([
      ...['librenms_devices', 'librenms_ports', 'librenms_sensors', 'librenms_inventory', 'librenms_links'],
      ...['librenms_alerts', 'librenms_state', 'alerts', 'alert_silences', 'alert_acks', 'alert_inhibitions', 'alert_notifications'],
    ])
    for (const topic of TOPIC_NAMES) {
      const { compacted, config } = TOPICS[topic]
      expect(config['cleanup.policy'], topic).to.equal(compacted ? 'compact' : 'delete')
      expect(config['retention.ms'] !== undefined, topic).to.equal(!compacted)
    }
  })

  it('knows a topic by its own name only', () => {
    expect(isTopicName('alerts')).to.equal(true)
    for (const name of ['toString', '__proto__', 'alert', 'alerts.dlq', '']) expect(isTopicName(name), name).to.equal(false)
  })

  it('says how to create a topic and its dead letters, and nothing about others', () => {
    expect(topicSpec('alerts')).to.deep.equal({ name: 'alerts', partitions: DEFAULT_PARTITIONS, config: { 'cleanup.policy': 'compact' } })
    expect(topicSpec('payments.dlq')).to.deep.equal({
      name: 'payments.dlq',
      partitions: 1,
      config: { 'cleanup.policy': 'delete', 'retention.ms': '1209600000' },
    })
    expect(topicSpec('payments')).to.equal(undefined)
  })
})

describe('the key of a record', () => {
  const key = <T extends TopicName>(topic: T, event: Partial<EventOf<T>>) => keyOf(topic, event as EventOf<T>)

  it('is the key fields joined, without one that is absent', () => {
    expect(key('device_presence', { device: 'hs_1' })).to.equal('hs_1')
    expect(key('librenms_ports', { port_id: 7 })).to.equal('7')
    expect(key('librenms_ports', { port_id: 7, instance: 'hq' })).to.equal('hq:7')
    expect(key('insights', { insight: 'call_quality', subject: 'a:b' })).to.equal('call_quality:a:b')
  })

  it('is never the same for two subjects of one insight or two instances of LibreNMS', () => {
    const slug = fc.stringMatching(/^[a-z][a-z0-9_-]{0,5}$/)
    const insight = fc.record({ insight: slug, subject: fc.string({ minLength: 1, maxLength: 6 }) })
    const port = fc.record({ instance: fc.option(slug, { nil: undefined }), port_id: fc.nat(20) })
    fc.assert(
      fc.property(insight, insight, (a, b) => {
        expect(key('insights', a) === key('insights', b)).to.equal(a.insight === b.insight && a.subject === b.subject)
      }),
    )
    fc.assert(
      fc.property(port, port, (a, b) => {
        const same = a.instance === b.instance && a.port_id === b.port_id
        expect(key('librenms_ports', a as object) === key('librenms_ports', b as object)).to.equal(same)
      }),
    )
  })
})
