import { expect } from 'chai'
import { designedTopics } from '../../src/bus/topics/desired.ts'
import { asDesired, formatTopicsFile } from '../../src/bus/topics/export.ts'
import { parseTopicsFile } from '../../src/config/topics-file.ts'
import { TOPIC_NAMES } from '../../src/events/topics.ts'
import { broker, cluster, topic } from '../bus/topics/model.ts'
import { thrownBy } from '../support/thrown-by.ts'

const parse = (text: string) => parseTopicsFile(text, '/x/topics.yaml')

describe('a topics file', () => {
  it('gives defaults, what each topic says over them, and Kafka its own names and units', () => {
    const {
      cluster: id,
      drain,
      topics,
    } = parse(`
version: 1
cluster: abc
drain: [4]
defaults: { partitions: 6, replication: 3, min_insync: 2, config: { compression.type: zstd } }
topics:
  trades: { retention: 7d, retention_bytes: 1GiB }
  state: { partitions: 3, cleanup: compact, placement: { racks: 2 }, config: { compression.type: null, segment.bytes: 1048576 } }
  old: { absent: true }
  bare:
`)
    expect([id, drain]).to.deep.equal(['abc', [4]])
    expect(topics.map(({ name, partitions, replication, absent }) => [name, partitions, replication, absent])).to.deep.equal([
      ['trades', 6, 3, false],
      ['state', 3, 3, false],
      ['old', 6, 3, true],
      ['bare', 6, 3, false],
    ])
    expect(topics[0]?.config).to.deep.equal({
      ...{ 'compression.type': 'zstd', 'min.insync.replicas': '2', 'retention.ms': '604800000', 'retention.bytes': '1073741824' },
    })
    expect(topics[1]?.placement).to.deep.equal({ racks: 2 })
    expect(topics[1]?.config).to.deep.equal({
      ...{ 'compression.type': null, 'min.insync.replicas': '2', 'cleanup.policy': 'compact', 'segment.bytes': '1048576' },
    })
  })

  it('unlimited is -1, of time and of bytes', () => {
    const [only] = parse('version: 1\ntopics: { a: { retention: unlimited, retention_bytes: unlimited } }').topics
    expect(only?.config).to.deep.equal({ 'retention.ms': '-1', 'retention.bytes': '-1' })
  })

  const wrong: Array<[what: string, text: string, says: RegExp]> = [
    ['a slip', 'version: 1\ntopics: { a: { partitons: 3 } }', /topics\.yaml:2:16: topics\.a\.partitons .*partitions/],
    ['no version', 'topics: {}', /version/],
    ['a version to come', 'version: 2\ntopics: {}', /version/],
    ['a setting said twice', 'version: 1\ntopics: { a: { retention: 1d, config: { retention.ms: 5 } } }', /says what retention says/],
    ['more in-sync than copies', 'version: 1\ntopics: { a: { replication: 2, min_insync: 3 } }', /above the 2 copies/],
    ['min_insync of the defaults above the copies', 'version: 1\ndefaults: { min_insync: 2 }\ntopics: { a: }', /above the 1 copies/],
    ['more racks than copies', 'version: 1\ntopics: { a: { replication: 2, placement: { racks: 3 } } }', /3 racks for 2 copies/],
    ['a name that is none', 'version: 1\ntopics: { "a b": { partitions: 1 } }', /not a topic name/],
    ['no duration', 'version: 1\ntopics: { a: { retention: soon } }', /duration/],
    ['no partitions', 'version: 1\ntopics: { a: { partitions: 0 } }', /topics\.a\.partitions/],
    ['a list', '- a', /topics\.yaml:1/],
    ['no YAML', 'topics: [', /not YAML/],
  ]
  for (const [what, text, says] of wrong) {
    it(`refuses ${what}, and says where`, async () => {
      const error = await thrownBy(async () => parse(text))
      expect(error).to.include({ code: 'SHITOPS_E_TOPICS_FILE', exit: 78 })
      expect(error.message).to.match(says)
    })
  }

  it('every mistake is told at once', async () => {
    const error = await thrownBy(async () => parse('version: 1\ntopics: { a: { x: 1, partitions: 0 }, b: { retention: 3 } }'))
    expect(error.message).to.match(/^3 problems/)
  })

  for (const brokers of [1, 2, 3, 7]) {
    it(`export and back: the topics of the design for ${brokers} brokers`, () => {
      const designed = designedTopics(brokers)
      const sorted = ({ config, ...rest }: (typeof designed.topics)[number]) => ({
        ...rest,
        config: Object.fromEntries(Object.entries(config).sort()),
      })
      expect(designed.topics.map(({ name }) => name)).to.deep.equal(TOPIC_NAMES)
      expect(parse(formatTopicsFile(designed)).topics.map(sorted)).to.deep.equal(designed.topics.map(sorted))
    })
  }

  it('export and back: the topics of a bus as they are', () => {
    const settings = { 'min.insync.replicas': '1', 'cleanup.policy': 'delete', 'retention.ms': '90061001' }
    const odd = topic(
      'odd',
      [
        [1, 2],
        [2, 1],
      ],
      { ...settings, 'segment.ms': '7' },
    )
    const as = asDesired(cluster([broker(1, 'a'), broker(2, 'b')], [topic('plain', [[1]], settings), odd]))
    const [plain, other] = parse(formatTopicsFile(as)).topics
    expect(plain).to.deep.include({ partitions: 1, replication: 1, config: settings })
    expect(other).to.deep.include({ partitions: 2, replication: 2, config: { ...settings, 'segment.ms': '7' } })
  })
})
