import { expect } from 'chai'
import type { ObservedCluster } from '../../../src/bus/admin.ts'
import { unconfirmed, withoutRisks } from '../../../src/bus/topics/apply/index.ts'
import type { DesiredTopic, DesiredTopics } from '../../../src/bus/topics/desired.ts'
import { plan } from '../../../src/bus/topics/plan.ts'
import { begun, broker, cluster, partition, topic } from './model.ts'

const three = [broker(1, 'a'), broker(2, 'b'), broker(3, 'c')]
const seven = [broker(1, 'a'), broker(2, 'a'), broker(3, 'a'), broker(4, 'b'), broker(5, 'b'), broker(6, 'c'), broker(7, 'c')]
const SAFE = { 'min.insync.replicas': '2' }

function desire(...topics: Array<Partial<DesiredTopic> & { name: string }>): DesiredTopics {
  const whole = topics.map((each) => ({ absent: false, partitions: 1, replication: 3, placement: 'even' as const, config: {}, ...each }))
  return { cluster: null, drain: [], topics: whole }
}

const kinds = (desired: DesiredTopics, observed: ObservedCluster) => plan(desired, observed).steps.map(({ kind }) => kind)

describe('a plan of topics', () => {
  it('raises min.insync.replicas after the copies are there, and lowers it before they go', () => {
    const few = cluster(three, [topic('t', [[1]], { 'min.insync.replicas': '1' })])
    expect(kinds(desire({ name: 't', config: SAFE }), few)).to.deep.equal(['move', 'config'])
    const many = cluster(three, [topic('t', [[1, 2, 3]], SAFE)])
    expect(kinds(desire({ name: 't', replication: 1, config: { 'min.insync.replicas': '1' } }), many)).to.deep.equal(['config', 'move'])
  })

  it('deletes records last, after everything else', () => {
    const observed = cluster(three, [topic('a', [[1]], { 'retention.ms': '-1' }), topic('z', [[1, 2, 3]], { 'retention.ms': '9' })])
    const desired = desire({ name: 'a', config: { 'retention.ms': '5' } }, { name: 'n' }, { name: 'z', absent: true })
    expect(kinds(desired, observed)).to.deep.equal(['create', 'move', 'config', 'delete'])
  })

  it('leaves what the file does not name: topics, and settings', () => {
    const observed = cluster(three, [topic('mine', [[1, 2, 3]], { 'max.message.bytes': '7' }), topic('other', [[1]])])
    const made = plan(desire({ name: 'mine' }), observed)
    expect([made.steps, made.unmanaged]).to.deep.equal([[], ['other']])
  })

  it('settings that mean the same are the same', () => {
    const observed = cluster(three, [topic('t', [[1, 2, 3]], { 'cleanup.policy': 'delete,compact', 'retention.ms': '5' })])
    expect(kinds(desire({ name: 't', config: { 'cleanup.policy': 'compact,delete', 'retention.ms': '5.0' } }), observed)).to.deep.equal([])
  })

  it('null gives a setting back to the cluster, where it was set for the topic', () => {
    const observed = cluster(three, [topic('t', [[1, 2, 3]], { 'segment.ms': '7' })])
    const desired = desire({ name: 't', config: { 'segment.ms': null, 'flush.ms': null } })
    const [step] = plan(desired, observed).steps
    expect(step).to.deep.include({ kind: 'config', changes: [{ name: 'segment.ms', from: '7', to: null }], risk: null })
  })

  it('two racks: as even as goes, with the warning that acks=all can be met inside one', () => {
    const two = cluster([broker(1, 'a'), broker(2, 'a'), broker(3, 'b'), broker(4, 'b')])
    const made = plan(desire({ name: 't', config: SAFE }), two)
    expect(made.notes.map(({ message }) => message).join()).to.match(/acks=all can be met inside one rack: min\.insync\.replicas=2/)
    const four = plan(desire({ name: 't', replication: 4, config: { 'min.insync.replicas': '3' } }), two)
    expect(four.notes).to.deep.equal([])
  })

  it('seven brokers in three racks: each partition in all of them, new topics where little is', () => {
    const { steps } = plan(desire({ name: 'a', partitions: 7 }, { name: 'b', partitions: 7 }), cluster(seven))
    const places = steps.flatMap((step) => (step.kind === 'create' ? (step.replicas ?? []) : []))
    const leads = seven.map(({ id }) => places.filter(([first]) => first === id).length)
    expect(Math.max(...leads) - Math.min(...leads), `${leads}`).to.be.at.most(1)
  })

  it('a drained broker gives its copies away, and takes none', () => {
    const observed = cluster(seven, [
      topic('t', [
        [1, 4, 6],
        [7, 1, 5],
      ]),
    ])
    const { steps } = plan({ ...desire({ name: 't', partitions: 2 }), drain: [1] }, observed)
    const moves = steps.flatMap((step) => (step.kind === 'move' ? step.moves : []))
    expect(moves.map(({ removing, adding }) => [removing, adding.length])).to.deep.equal([
      [[1], 1],
      [[1], 1],
    ])
  })

  it('does not give away a copy that is needed while another is behind', () => {
    const behind = partition(0, [1, 2, 3], { inSync: [1, 2] })
    const observed = cluster([broker(1, 'a'), broker(2, 'a'), broker(3, 'b')], [{ ...topic('t', []), partitions: [behind] }])
    const made = plan(desire({ name: 't', replication: 2 }), observed)
    expect(made.steps).to.deep.equal([])
    expect(made.obstacles[0]?.message).to.match(/stays where it is: broker 3 must catch up first/)
  })

  it('says what stands in the way of a copy too many, and does the rest', () => {
    const made = plan(desire({ name: 'a', replication: 4 }, { name: 'b' }), cluster(three))
    expect(made.steps.map((step) => 'topic' in step && step.topic)).to.deep.equal(['b'])
    expect(made.obstacles).to.deep.equal([{ topic: 'a', message: '4 copies need 4 brokers, and 3 can take any' }])
  })

  it('follows a move that runs and goes the right way', () => {
    const observed = cluster(three, [{ ...topic('t', []), partitions: [begun(partition(0, [1]), [1, 2, 3])] }])
    const { steps } = plan(desire({ name: 't' }), observed)
    expect(steps).to.deep.equal([
      {
        kind: 'follow',
        topic: 't',
        risk: null,
        moves: [{ partition: 0, from: [1], to: [1, 2, 3], adding: [2, 3], removing: [], bytes: 2_000 }],
      },
    ])
  })

  it('a throttle without a move is taken away; one of a move, of all topics, or of another tool stays', () => {
    const limited = [broker(1, 'a', { throttle: { leader: 5, follower: null } }), ...three.slice(1)]
    const lists = (text: string) => ({ 'leader.replication.throttled.replicas': text })
    const left = cluster(limited, [topic('t', [[1, 2, 3]], lists('0:1'))])
    expect(plan(desire(), left).steps).to.deep.equal([{ kind: 'unthrottle', topics: ['t'], brokers: [1], risk: null }])
    expect(plan(desire(), cluster(limited, [topic('t', [[1, 2, 3]], lists('*'))])).steps).to.deep.equal([])
    const moving = { ...topic('t', [], lists('0:1')), partitions: [begun(partition(0, [1]), [1, 2])] }
    expect(plan(desire(), cluster(limited, [moving])).steps).to.deep.equal([])
  })

  it('what may lose records wants the name; without it the rest stays whole', () => {
    const observed = cluster(three, [
      topic(
        't',
        [
          [1, 2, 3],
          [2, 3, 1],
        ],
        { 'retention.ms': '-1' },
      ),
      topic('u', [[1]]),
    ])
    const made = plan(desire({ name: 't', partitions: 1 }, { name: 'u' }, { name: 'v' }), observed)
    expect(unconfirmed(made, ['u'])).to.have.length(1)
    expect(unconfirmed(made, ['t'])).to.deep.equal([])
    expect(withoutRisks(made).steps.map((step) => [step.kind, 'topic' in step && step.topic])).to.deep.equal([
      ['create', 'v'],
      ['move', 'u'],
    ])
  })
})
