import { join } from 'node:path'
import { expect } from 'chai'
import type { AlertSettings } from '../../../src/alerts/notify/settings.ts'
import { systemClock } from '../../../src/base/clock.ts'
import type { ShitopsError } from '../../../src/base/errors.ts'
import { silentLogger } from '../../../src/base/log.ts'
import type { Bus } from '../../../src/bus/bus.ts'
import { openBus } from '../../../src/bus/open.ts'
import { createMissing } from '../../../src/bus/ops/create-missing.ts'
import { checkReceivers, tellBeside } from '../../../src/cli/serve/tell-beside.ts'
import { examplesOf, toRecord } from '../../../src/events/index.ts'
import { WebhookReceiver } from '../../alerts/notify/receiver.ts'
import { useTempDir } from '../../support/temp-dir.ts'

describe('the notifier beside a server', function () {
  this.timeout(120_000)
  const dir = useTempDir()
  const settings = (url: string): AlertSettings => ({
    receivers: [{ name: 'ops', webhook: [{ url }] }],
    route: { groupWait: '0s', groupInterval: '1s' },
  })

  it('begins again, on a bus of its own each time, when something stops it; and ends with the signal', async () => {
    const receiver = await WebhookReceiver.open()
    const url = `embedded:${join(dir(), 'bus')}`
    const bus = await openBus(url)
    await createMissing(bus, ['alerts'])
    const stop = new AbortController()
    const warned: string[] = []
    const logger = { ...silentLogger, warn: (text: string) => void warned.push(text) }
    let opened = 0
    let closed = 0
    const open = async (): Promise<Bus> => {
      const own = await openBus(url)
      const nth = ++opened
      return new Proxy(own, {
        get: (of, name) => {
          if (name === 'close') return () => of.close().then(() => void closed++)
          if (name === 'transact' && nth === 1) return () => Promise.reject(new Error('the disk is full'))
          const value = Reflect.get(of, name)
          return typeof value === 'function' ? value.bind(of) : value
        },
      })
    }
    const telling = tellBeside(settings(receiver.url), { open, env: {}, clock: systemClock, logger, signal: stop.signal })
    const { full } = await examplesOf('alerts')
    await bus.append('alerts', [toRecord('alerts', { ...full, event_time: new Date().toISOString() }, { source: '/test' })])
    await receiver.until((calls) => calls.length > 0)
    stop.abort()
    const result = await telling
    expect(result).to.deep.equal({ taken: 1, failed: 0, refused: 0 })
    expect(warned).to.deep.equal(['alerts are not told of now: the disk is full; it is tried again in 1 s'])
    expect([opened, closed]).to.deep.equal([2, 2])
    await receiver.close()
    await bus.close()
  })

  it('is refused before anything begins where nobody is named, or a secret is not there', async () => {
    const failure = (given: AlertSettings) =>
      checkReceivers(given, {}, systemClock).then(
        () => '',
        ({ code }: ShitopsError) => code,
      )
    expect(await failure({})).to.equal('SHITOPS_E_RECEIVER_UNKNOWN')
    expect(await failure(settings('http://127.0.0.1:1'))).to.equal('')
    const secret = { receivers: [{ name: 'ops', webhook: [{ url: 'http://127.0.0.1:1', bearerTokenFile: join(dir(), 'none') }] }] }
    expect(await failure(secret)).to.match(/^SHITOPS_E_/)
  })
})
