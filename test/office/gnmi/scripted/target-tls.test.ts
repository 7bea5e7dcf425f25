import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { credentials, status } from '@grpc/grpc-js'
import { expect } from 'chai'
import { ScriptedTarget, type TargetOptions } from '../../../../src/office/gnmi/scripted/index.ts'
import { type GnmiTls, makeGnmiTls, missingForTls } from '../../../support/gnmi-tls.ts'
import { Dialled, rejected } from './dial.ts'

describe('the scripted gNMI target with TLS', () => {
  let folder: string
  let made: GnmiTls
  const closing: Array<() => unknown> = []

  before(async function () {
    const missing = missingForTls()
    if (missing) {
      console.log(`      not tested: ${missing}`)
      this.skip()
    }
    folder = await mkdtemp(join(tmpdir(), 'shitops-test-'))
    made = await makeGnmiTls(folder)
  })
  after(() => folder && rm(folder, { recursive: true, force: true }))
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close()
  })

  async function dial(tls: TargetOptions['tls'], ca: string, client?: { cert: string; key: string }) {
    const target = await ScriptedTarget.listen({ ...(tls && { tls }) })
    closing.push(() => target.close())
    const secure = credentials.createSsl(Buffer.from(ca), client ? Buffer.from(client.key) : null, client ? Buffer.from(client.cert) : null)
    const dialled = new Dialled(target.address, { credentials: secure })
    closing.push(() => dialled.close())
    return { target, dialled }
  }

  it('speaks it, and is dropped through it', async () => {
    const { target, dialled } = await dial(made.server, made.ca)
    const subscription = dialled.subscribe()
    const stream = await target.subscribed()
    await stream.sync()
    await subscription.received(1)
    expect(target.requests[0]?.peer).to.match(/^127\.0\.0\.1:\d+$/)
    stream.drop()
    expect((await subscription.status).code).to.equal(status.UNAVAILABLE)
  })

  const WRONG: Record<string, [(made: GnmiTls) => { cert: string; key: string }, (made: GnmiTls) => string, RegExp]> = {
    'a certificate that has expired': [({ expired }) => expired, ({ ca }) => ca, /expired/],
    'a certificate for another name': [({ wrongName }) => wrongName, ({ ca }) => ca, /altnames|not in the cert/],
    'a certificate of a stranger': [({ server }) => server, ({ strangerCa }) => strangerCa, /verify|self.signed|issuer/],
  }
  for (const [what, [pair, ca, message]] of Object.entries(WRONG)) {
    it(`has ${what}`, async () => {
      const { dialled } = await dial(pair(made), ca(made))
      const error = await rejected(dialled.call('Capabilities'))
      expect(error).to.include({ code: status.UNAVAILABLE })
      expect(error.message).to.match(message)
    })
  }

  it('asks for a certificate of its authority', async () => {
    const tls = { ...made.server, ca: made.ca }
    expect(await (await dial(tls, made.ca, made.client)).dialled.call('Capabilities')).to.have.property('gNMI_version')
    for (const client of [undefined, made.stranger]) {
      const { dialled, target } = await dial(tls, made.ca, client)
      expect(await rejected(dialled.call('Capabilities'))).to.include({ code: status.UNAVAILABLE })
      expect(target.requests).to.have.length(0)
    }
  })
})
