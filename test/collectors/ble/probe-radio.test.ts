import { expect } from 'chai'
import { type Machine, probeRadio } from '../../../src/collectors/ble/probe-radio.ts'
import { moduleError } from '../../../src/collectors/ble/sources/noble/load-noble.ts'

const ROOT = 'Name:\tnode\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n'
const USER = 'Name:\tnode\nCapEff:\t0000000000000000\n'
const NET_RAW_ONLY = 'CapEff:\t0000000000002000\n'
const ALL_BUT_NET_RAW = 'CapEff:\t000001ffffffdfff\n'

const ADAPTER = { devId: 1, devUp: true }

function machine(change: Partial<Machine> & { adapters?: Array<typeof ADAPTER>; status?: string } = {}): Machine {
  const { adapters = [ADAPTER], status = ROOT } = change
  return { platform: 'linux', driver: () => ({ getDeviceList: () => adapters }), processStatus: async () => status, ...change }
}

const failing = (error: unknown) =>
  machine({
    driver: () => {
      throw error
    },
  })

describe('probeRadio', () => {
  it('finds an adapter that this user may scan with', async () => {
    const fine = { status: 'ok', detail: 'adapter hci1 is on, and this user may scan with it' }
    expect(await probeRadio(machine())).to.deep.equal(fine)
    expect(await probeRadio(machine({ status: NET_RAW_ONLY }))).to.deep.equal(fine)
    expect(await probeRadio(machine({ adapters: [{ devId: 0, devUp: false }, ADAPTER] }))).to.deep.equal(fine)
  })

  it('says how to get the right that is missing', async () => {
    for (const status of [USER, ALL_BUT_NET_RAW, '']) {
      const found = await probeRadio(machine({ status }))
      expect(found).to.include({ status: 'warning', detail: 'this user may not scan with the Bluetooth adapter' })
      if (process.platform === 'linux') expect(found.next).to.equal('sudo setcap cap_net_raw+eip "$(readlink -f "$(which node)")"')
    }
  })

  it('says that there is no adapter, or that it is off', async () => {
    expect(await probeRadio(machine({ adapters: [] }))).to.include({ status: 'warning', detail: 'there is no Bluetooth adapter' })
    expect(await probeRadio(machine({ adapters: [{ devId: 0, devUp: false }] }))).to.deep.equal({
      status: 'warning',
      detail: 'the Bluetooth adapter is off',
      next: 'bluetoothctl power on',
    })
  })

  it('says what is wrong with the library or the system', async () => {
    const named = (code: string, message: string) => failing(moduleError(Object.assign(new Error(message), { code })))
    const missing = await probeRadio(named('MODULE_NOT_FOUND', "Cannot find module '@abandonware/noble/with-custom-binding.js'"))
    expect(missing.next).to.match(/^npm install @abandonware\/noble/)
    const uncompiled = await probeRadio(named('MODULE_NOT_FOUND', "Cannot find module '../build/Release/bluetooth_hci_socket.node'"))
    expect(uncompiled.next).to.match(/^npm rebuild @abandonware\/noble/)
    const otherNode = await probeRadio(
      named('ERR_DLOPEN_FAILED', 'compiled against a different Node.js version\nusing NODE_MODULE_VERSION 115'),
    )
    expect(otherNode.detail).to.equal(
      `the Bluetooth driver is not compiled for Node ${process.versions.node}: compiled against a different Node.js version`,
    )
    const noKernel = await probeRadio(named('EAFNOSUPPORT', 'EAFNOSUPPORT, Address family not supported by protocol'))
    expect(noKernel).to.include({ status: 'warning', detail: 'this system has no Bluetooth' })
    expect(noKernel.next).to.match(/--source file:PATH/)
  })

  it('asks no more than the library where the system tells nothing before a scan', async () => {
    expect(await probeRadio(machine({ platform: 'darwin', status: '' }))).to.include({ status: 'ok' })
  })

  it('does not take a fault of its own for a missing radio', async () => {
    const error = await probeRadio(failing(new TypeError('a slip'))).catch((reason: unknown) => reason)
    expect(error).to.be.instanceOf(TypeError)
  })

  it('comes to a finding on this machine', async () => {
    expect((await probeRadio()).status).to.be.oneOf(['ok', 'warning'])
  })
})
