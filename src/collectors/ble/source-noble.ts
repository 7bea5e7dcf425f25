import type { Clock } from '../../base/clock.ts'
import type { Metrics } from '../metrics.ts'
import type { Advertisement } from './advertisement.ts'
import { type LoadNoble, type Noble, type NoblePeripheral, noRadio } from './noble.ts'

/** The adapter gets so long to say that it is on, ms. */
const POWER_ON = 5_000
/** Advertisements waiting for a slow bus; beyond that the oldest go, and are counted as `dropped`. */
const MOST_WAITING = 10_000

/**
 * What the radio of this machine hears, until the signal aborts.
 * @throws SHITOPS_E_NO_MODULE, SHITOPS_E_NO_RADIO
 */
export async function* nobleSource(options: {
  load: LoadNoble
  clock: Clock
  signal: AbortSignal
  metrics: Metrics
}): AsyncGenerator<readonly Advertisement[]> {
  const { load, clock, signal, metrics } = options
  const noble = await load()
  let waiting: Advertisement[] = []
  let wake = () => {}
  noble.on('discover', (peripheral) => {
    const heard = advertisementOf(peripheral, clock.now())
    if (!heard) return
    if (waiting.length >= MOST_WAITING) {
      waiting.shift()
      metrics.add('dropped')
    }
    waiting.push(heard)
    wake()
  })
  signal.addEventListener('abort', () => wake(), { once: true })
  try {
    await poweredOn(noble, clock, signal)
    if (!signal.aborted) await noble.startScanningAsync([], true)
    while (!signal.aborted) {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      const batch = waiting
      waiting = []
      if (batch.length > 0) yield batch
    }
  } finally {
    noble.removeAllListeners()
    await noble.stopScanningAsync().catch(() => {})
  }
}

async function poweredOn(noble: Noble, clock: Clock, signal: AbortSignal): Promise<void> {
  const changed = new AbortController()
  noble.on('stateChange', (state) => {
    if (state === 'poweredOn') changed.abort()
  })
  if (noble.state !== 'poweredOn') await clock.sleep(POWER_ON, AbortSignal.any([changed.signal, signal]))
  if (noble.state !== 'poweredOn' && !changed.signal.aborted && !signal.aborted) throw noRadio(`the Bluetooth adapter is ${noble.state}`)
}

/** noble reuses its buffers, so they are copied. */
function advertisementOf({ address, addressType, rssi, advertisement }: NoblePeripheral, now: number): Advertisement | undefined {
  if (!advertisement.manufacturerData) return undefined
  return {
    timestamp: now,
    address: address.toUpperCase(),
    addressType: addressType === 'public' || addressType === 'random' ? addressType : 'unknown',
    rssi: rssi === 0 || Math.abs(rssi) === 127 ? null : rssi,
    manufacturerData: Buffer.from(advertisement.manufacturerData),
    receiver: 'local',
  }
}
