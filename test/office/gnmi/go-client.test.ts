import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { LoadTarget } from '../../../src/office/gnmi/load/load-target.ts'
import { ScriptedTarget } from '../../../src/office/gnmi/scripted/index.ts'
import { installGnmiGo } from '../../support/gnmi-go.ts'

const run = promisify(execFile)

/** Another implementation of gRPC and of gNMI looks at the targets that ours is tested with. */
describe("the office's gNMI targets, seen by gnmi_cli of openconfig/gnmi", () => {
  let gnmiCli = ''
  const closing: Array<() => unknown> = []

  before(async function () {
    // It is compiled when it is used for the first time.
    this.timeout(300_000)
    const go = await installGnmiGo()
    if ('missing' in go) {
      console.log(`      not tested: ${go.missing}`)
      this.skip()
    } else gnmiCli = go.gnmiCli
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })

  const once = (address: string) =>
    run(gnmiCli, ['-insecure', '-address', address, '-query', '/a', '-query_type', 'once', '-target', 'core-1', '-timeout', '10s'])

  it('takes what the scripted target sends, in pieces and packed', async () => {
    const target = await ScriptedTarget.listen()
    closing.push(() => target.close())
    const leaf = (name: string, value: string) => ({
      update: {
        timestamp: '1774965731250417113',
        prefix: { target: 'core-1' },
        update: [{ path: { elem: [{ name }] }, val: { uint_val: value } }],
      },
    })
    target.onSubscribe = (stream) => {
      stream.sendSplit(leaf('split', '18446744073709551615'), 2)
      stream.sendPacked([leaf('packed-1', '1'), leaf('packed-2', '2')])
      stream.sync()
      stream.end()
    }
    const told = (await once(target.address)).stdout
    expect(told).to.match(/"split": 18446744073709551615/)
    expect(told)
      .to.match(/"packed-1": 1,/)
      .and.to.match(/"packed-2": 2/)
    expect(target.streams[0]?.request.subscribe).to.deep.include({ mode: 'ONCE', prefix: { target: 'core-1' } })
  })

  it('is refused by the strict one for its element, long deprecated', async () => {
    const target = await ScriptedTarget.listen({ strict: true })
    closing.push(() => target.close())
    const { stdout, stderr } = await once(target.address).catch((error: { stdout: string; stderr: string }) => error)
    expect(stdout + stderr).to.include('InvalidArgument desc = 11: element is used (path 0)')
  })

  it('takes what the load target sends', async () => {
    const load = await LoadTarget.listen({ kind: 'uint', updates: 2, sequence: true, timestamps: true, count: 64, end: true })
    closing.push(() => load.close())
    const told = JSON.parse((await once(load.address)).stdout)
    const interfaces = told['core-1'].openconfig.interfaces.interface
    expect(Object.keys(interfaces)).to.have.length(64)
    expect(interfaces['ethernet-1/64'].state.counters).to.deep.equal({
      'in-octets': 1_000_000_000_000_063,
      'out-octets': 1_000_000_000_000_063,
    })
  })
})
