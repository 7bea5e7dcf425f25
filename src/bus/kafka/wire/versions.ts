import { CODE } from '../codes.ts'
import { BrokerLost, BrokerRefusal } from '../failures.ts'
import type { VersionRange } from './api-versions.ts'

/** What reading and writing stand on, in the one version that we speak; Kafka 2.1 to 4.x have them all (KIP-896). */
const NEEDED: ReadonlyArray<readonly [name: string, apiKey: number, version: number]> = [
  ['Produce', 0, 7],
  ['Fetch', 1, 11],
  ['ListOffsets', 2, 3],
  ['Metadata', 3, 6],
]

/** @throws BrokerLost where the broker is too old or too new for us */
export function checkVersions(address: string, versions: ReadonlyMap<number, VersionRange>): void {
  for (const [name, key, version] of NEEDED) {
    const range = versions.get(key)
    if (!range)
      throw new BrokerLost(address, `has no ${name}: it is a controller, or no broker of Kafka 2.5 or newer`, undefined, 'version')
    if (range.max < version || range.min > version) {
      const age = range.max < version ? 'too old' : 'too new'
      const reason = `is ${age} for this shitops: it speaks ${name} v${range.min} to v${range.max}, and we speak v${version}`
      throw new BrokerLost(address, reason, undefined, 'version')
    }
  }
}

/**
 * A broker hangs up on a request, or a version of it, that it does not have: that would look like a broker that is gone, and be tried again.
 * @throws BrokerRefusal UNSUPPORTED_VERSION
 */
export function checkSpoken(
  address: string,
  versions: ReadonlyMap<number, VersionRange>,
  { apiKey, apiVersion, name }: { apiKey: number; apiVersion: number; name: string },
): void {
  const range = versions.get(apiKey)
  if (range && range.min <= apiVersion && apiVersion <= range.max) return
  const has = range ? `v${range.min} to v${range.max}` : 'none'
  throw new BrokerRefusal(CODE.UNSUPPORTED_VERSION, `${name} v${apiVersion}`, `${address} has ${has}`)
}
