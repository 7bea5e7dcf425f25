import { expect } from 'chai'
import { refuseIdleFlags } from '../../../src/cli/gnmi/idle-flags.ts'
import { type SubscriptionFlags, subscriptionOf } from '../../../src/cli/gnmi/subscription-flags.ts'
import { duration } from '../../../src/cli/scan/flags.ts'

type Flags = Partial<SubscriptionFlags> & Record<string, unknown>

/** What is said to these flags, of which all were typed; '' where they are taken. */
function said(more: Flags): string {
  const flags = { mode: 'stream', 'stream-mode': 'sample', encoding: 'auto', 'poll-interval': '10s', name: 'default', ...more } as const
  try {
    refuseIdleFlags(flags as SubscriptionFlags, new Set(Object.keys(more)))
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

const address = ['a:1']
const path = ['/interfaces']
const HEARTBEAT = { 'heartbeat-interval': '1m' }

describe('flags of gnmi subscribe that would change nothing', () => {
  it('are refused where the configuration says how targets are reached', () => {
    const connection = { target: 'x', insecure: true, 'password-file': 'f', username: 'me', timeout: '5s', 'max-message-size': '1MiB' }
    for (const [flag, value] of Object.entries(connection))
      expect(said({ path, [flag]: value }), flag).to.equal(`--${flag} is about the targets of --address, and there is none`)
    expect(said({ address, path, ...connection })).to.equal('')
  })

  it('are refused where the configuration says what is subscribed to', () => {
    const subscription = {
      mode: 'once',
      'sample-interval': '1s',
      encoding: 'proto',
      'stale-after': '1m',
      name: 'x',
      depth: 1,
      prefix: '/a',
    }
    for (const [flag, value] of Object.entries(subscription))
      expect(said({ [flag]: value } as Flags), flag).to.equal(`--${flag} is about the paths of --path, and there is none`)
    expect(said({ path, mode: 'once', encoding: 'proto', 'stale-after': '1m', name: 'x', depth: 1, prefix: '/a' })).to.equal('')
  })

  it('are not those of the environment, or the defaults', () => {
    const flags = { mode: 'stream', 'stream-mode': 'sample', encoding: 'auto', 'poll-interval': '10s', name: 'default' } as const
    expect(() => refuseIdleFlags({ ...flags, username: 'of SHITOPS_GNMI_USERNAME' } as SubscriptionFlags, new Set())).not.to.throw()
  })

  it('are refused beside others that make nothing of them', () => {
    expect(said({ address, path, polls: 3 })).to.equal('--polls is for polls')
    expect(said({ address, path, mode: 'poll', polls: 3, 'poll-interval': '1s' })).to.equal('')
    expect(said({ address, path, mode: 'once', 'sample-interval': '1s' })).to.match(/^--sample-interval is for streams/)
    expect(said({ address, 'on-change': path, 'sample-interval': '1s' })).to.match(/^--sample-interval is about the paths of --path/)
    expect(said({ address, path, 'stream-mode': 'on-change', 'suppress-redundant': true })).to.match(/^--suppress-redundant is for samples/)
    expect(said({ address, path, ...HEARTBEAT })).to.match(/^--heartbeat-interval is for changes/)
    expect(said({ address, path, ...HEARTBEAT, 'suppress-redundant': true })).to.equal('')
    expect(said({ address, path, ...HEARTBEAT, 'stream-mode': 'on-change' })).to.equal('')
    expect(said({ address, path, ...HEARTBEAT, 'on-change': path })).to.equal('')
  })

  it('are refused where a timer could not keep them: it would be over at once', () => {
    const flags = { mode: 'poll', 'stream-mode': 'sample', encoding: 'auto', name: 'default', path } as const
    expect(subscriptionOf({ ...flags, 'poll-interval': '24d' }, 0).pollInterval).to.equal(24 * 86_400_000)
    expect(() => subscriptionOf({ ...flags, 'poll-interval': '30d' }, 0)).to.throw('--poll-interval 30d is more than 24 days')
    expect(duration('24d')).to.equal(24 * 86_400_000)
    expect(() => duration('30d')).to.throw('--duration 30d is longer than 24 days')
  })
})
