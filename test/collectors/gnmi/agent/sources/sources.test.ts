import { expect } from 'chai'
import { BatterySource } from '../../../../../src/collectors/gnmi/agent/sources/battery.ts'
import { CpuSource } from '../../../../../src/collectors/gnmi/agent/sources/cpu.ts'
import { type CpuTimes, parseProcStat } from '../../../../../src/collectors/gnmi/agent/sources/cpu-times.ts'
import { InterfaceSource, parseProcNetDev } from '../../../../../src/collectors/gnmi/agent/sources/interfaces.ts'
import { MemorySource, parseMeminfo } from '../../../../../src/collectors/gnmi/agent/sources/memory.ts'
import { localMounts, MountPointSource } from '../../../../../src/collectors/gnmi/agent/sources/mount-points.ts'
import { SystemSource } from '../../../../../src/collectors/gnmi/agent/sources/system.ts'
import { type Leaf, LeafPaths, type LeafValue } from '../../../../../src/collectors/gnmi/agent/tree/leaf.ts'
import { ManualClock } from '../support/manual-clock.ts'

const paths = new LeafPaths()
const valuesOf = (leaves: readonly Leaf[]): Record<string, LeafValue> =>
  Object.fromEntries(leaves.map(({ path, value }) => [path.text.replace(/^openconfig:/, ''), value]))

describe("the agent's processor", () => {
  const clock = () => new ManualClock()
  const total = (share: string, name: string, index = 'ALL') => `/system/cpus/cpu[index=${index}]/state/${share}/${name}`
  const times = (user: number, idle: number, rest: Partial<CpuTimes> = {}): CpuTimes => ({
    user,
    nice: 0,
    kernel: 0,
    idle,
    other: 0,
    ...rest,
  })

  /** Reads the next of the scripted times; the clock moves on when the source sleeps. */
  function scripted(readings: CpuTimes[][], at: ManualClock): CpuSource {
    const sleepless = { now: () => at.now(), sleep: async (ms: number) => at.set(at.now() + ms) }
    return new CpuSource(paths, sleepless, async () => readings.shift() ?? [])
  }

  it('compares two readings at the first, and each with the one before from then on', async () => {
    const at = clock()
    const source = scripted([[times(0, 0)], [times(25, 75)], [times(75, 125)]], at)
    const first = valuesOf(await source.read())
    expect(first[total('total', 'instant')]).to.equal(25)
    expect(first[total('total', 'interval')]).to.equal(250_000_000n)
    at.set(at.now() + 10_000)
    const second = valuesOf(await source.read())
    expect(['instant', 'avg', 'min', 'max', 'interval'].map((name) => second[total('user', name)])).to.deep.equal([
      50,
      38,
      25,
      50,
      10_250_000_000n,
    ])
    expect(second[total('idle', 'instant')]).to.equal(50)
  })

  it('tells each processor and all together, and wait only where it is known', async () => {
    const before = [times(0, 0, { wait: 0 }), times(0, 0, { wait: 0 })]
    const after = [times(100, 0, { wait: 0 }), times(0, 50, { wait: 50 })]
    const values = valuesOf(await scripted([before, after], clock()).read())
    expect([values[total('total', 'instant', '0')], values[total('total', 'instant', '1')]]).to.deep.equal([100, 0])
    expect([values[total('total', 'instant')], values[total('wait', 'instant')]]).to.deep.equal([50, 25])
    const without = valuesOf(await scripted([[times(0, 0)], [times(1, 1)]], clock()).read())
    expect(without).to.not.have.property(total('wait', 'instant'))
  })

  it('does not call an hour an instant, and looks back a minute at most', async () => {
    const at = clock()
    const readings = [times(0, 0), times(50, 50), times(5_000, 50), times(5_010, 140)].map((one) => [one])
    const source = scripted(readings, at)
    await source.read()
    at.set(at.now() + 3_600_000)
    const values = valuesOf(await source.read())
    expect(['instant', 'avg', 'min', 'max', 'interval'].map((name) => values[total('total', name)])).to.deep.equal([
      10,
      10,
      10,
      10,
      250_000_000n,
    ])
  })

  it('begins anew when processors come or go, or the clock is set back', async () => {
    const at = clock()
    const source = scripted([[times(0, 0)], [times(1, 1)], [times(2, 2), times(0, 0)], [times(3, 3), times(1, 1)]], at)
    await source.read()
    at.set(at.now() + 1_000)
    expect(await source.read()).to.deep.equal([])
    at.set(at.now() + 1_000)
    expect(valuesOf(await source.read())[total('total', 'instant', '1')]).to.equal(50)
    const back = scripted([[times(0, 0)], [times(1, 1)], [times(2, 2)], [times(3, 5)]], at)
    await back.read()
    at.set(at.now() - 60_000)
    expect(valuesOf(await back.read())[total('total', 'instant')]).to.equal(25)
  })

  it('keeps a processor whose time was not counted on as it was', async () => {
    const at = clock()
    const source = scripted([[times(0, 0)], [times(25, 75)], [times(25, 75)]], at)
    await source.read()
    at.set(at.now() + 1_000)
    expect(valuesOf(await source.read())[total('total', 'instant')]).to.equal(25)
  })

  it('reads /proc/stat', () => {
    const text = 'cpu  12083 3998 5119 86210 414 0 73 23 0 0\ncpu0 6369 2036 2241 43247 64 1 15 11 0 0\ncpu1 1 2 3 4\nintr 1 2\n'
    expect(parseProcStat(text)).to.deep.equal([
      { user: 6369, nice: 2036, kernel: 2241, idle: 43247, wait: 64, other: 27 },
      { user: 1, nice: 2, kernel: 3, idle: 4, wait: 0, other: 0 },
    ])
  })
})

describe("the agent's memory, system, disks and battery", () => {
  it('memory is in bytes, used is what is not available', async () => {
    expect(parseMeminfo('MemTotal: 2048 kB\nMemFree:    512 kB\nMemAvailable: 1024 kB\n')).to.deep.equal({
      physical: 2_097_152,
      free: 524_288,
      available: 1_048_576,
    })
    expect(parseMeminfo('MemTotal: 2048 kB\n')).to.equal(undefined)
    const source = new MemorySource(paths, async () => ({ physical: 100, free: 10, available: 40 }))
    expect(valuesOf(await source.read())).to.deep.equal({
      '/system/memory/state/physical': 100n,
      '/system/memory/state/used': 60n,
      '/system/memory/state/free': 10n,
      '/system/memory/state/available': 40n,
    })
  })

  it('the time of the start stands still while the clock is trimmed, and moves when the machine started anew', async () => {
    const clock = new ManualClock(1_700_000_000_000)
    const reading = { hostname: 'laptop-7', uptime: 1_000, version: 'Some OS 1' }
    const source = new SystemSource(paths, clock, '1.2.3', async () => reading)
    const bootTime = async () => valuesOf(await source.read())['/system/state/boot-time']
    expect(await bootTime()).to.equal(1_699_999_000_000_000_000n)
    clock.set(clock.now() + 2_400)
    expect(await bootTime()).to.equal(1_699_999_000_000_000_000n)
    reading.uptime = 10.5
    expect(await bootTime()).to.equal(1_699_999_992_000_000_000n)
    expect(valuesOf(await source.read())).to.deep.include({
      '/system/state/up-time': 10_500_000_000n,
      '/system/state/hostname': 'laptop-7',
      '/system/state/software-version': 'Some OS 1',
      'shitops:/agent/state/version': '1.2.3',
    })
  })

  it('disks are the root and what is on a device of this machine, each once', async () => {
    const mounts = [
      'proc /proc proc rw 0 0',
      'overlay / overlay rw 0 0',
      '/dev/sda1 /home ext4 rw 0 0',
      '/dev/sda1 /home/again ext4 rw 0 0',
      '/dev/sdb1 /media/My\\040Disk vfat rw 0 0',
      'tank/data /data zfs rw 0 0',
      'server:/export /mnt nfs rw 0 0',
      '/dev/loop3 /snap/x squashfs ro 0 0',
    ]
    expect(localMounts(mounts.join('\n'))).to.deep.equal(['/', '/home', '/media/My Disk', '/data'])
    const disk = { name: '/', size: 1_500_000_000, available: 400_000_000, utilized: 1_000_400_000 }
    expect(valuesOf(await new MountPointSource(paths, async () => [disk]).read())).to.deep.equal({
      '/system/mount-points/mount-point[name=/]/state/name': '/',
      '/system/mount-points/mount-point[name=/]/state/size': 1500n,
      '/system/mount-points/mount-point[name=/]/state/available': 400n,
      '/system/mount-points/mount-point[name=/]/state/utilized': 1000n,
    })
  })

  it('a battery is there or not', async () => {
    const battery = { hasBattery: true, percent: 79.6, isCharging: true, acConnected: true }
    expect(valuesOf(await new BatterySource(paths, async () => battery).read())).to.deep.equal({
      'shitops:/battery/state/percent': 80,
      'shitops:/battery/state/charging': true,
      'shitops:/battery/state/mains': true,
    })
    expect(await new BatterySource(paths, async () => ({ ...battery, hasBattery: false })).read()).to.deep.equal([])
  })
})

describe("the agent's interfaces", () => {
  it('have every counter of /proc/net/dev with every digit', () => {
    const text = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
  eth0: 18446744073709551615 2 3 4 0 0 0 0 11 12 13 14 0 0 0 0
wlan0:1 2 3 4 0 0 0 0 5 6 7 8 0 0 0 0
`
    const [eth0, wlan0] = parseProcNetDev(text)
    expect(eth0).to.deep.equal({
      name: 'eth0',
      counters: {
        ...{ 'in-octets': 2n ** 64n - 1n, 'in-pkts': 2n, 'in-errors': 3n, 'in-discards': 4n },
        ...{ 'out-octets': 11n, 'out-pkts': 12n, 'out-errors': 13n, 'out-discards': 14n },
      },
    })
    expect(wlan0?.name).to.equal('wlan0')
  })

  it("have openconfig's words for their state, or none", async () => {
    const states = ['up', 'down', 'lowerlayerdown', 'notpresent', 'unknown', 'Dormant', 'sideways', undefined]
    const source = new InterfaceSource(paths, async () =>
      states.map((operState, i) => ({ name: `if${i}`, counters: {}, ...(operState && { operState }) })),
    )
    const values = valuesOf(await source.read())
    const told = states.map((_, i) => values[`/interfaces/interface[name=if${i}]/state/oper-status`])
    expect(told).to.deep.equal(['UP', 'DOWN', 'LOWER_LAYER_DOWN', 'NOT_PRESENT', 'UNKNOWN', 'DORMANT', undefined, undefined])
  })
})
