import type { Enrolled } from '../../collectors/ble/config.ts'
import { pseudonym } from '../../collectors/ble/identity.ts'
import { type EnrolledHeadset, EnrolledHeadsets } from '../../collectors/ble/keys/enrolled-headsets.ts'
import type { EnrolledEntry } from '../../collectors/ble/keys/enrolment.ts'
import { pseudonymAddress } from '../../collectors/ble/sources/redact.ts'

/** Whose an address was at a time; undefined: nobody's that is enrolled then. */
export type Identify = (address: string, time: number) => Enrolled | undefined

/**
 * Tells the enrolled by the addresses that their keys make, and in a recording of ours by the pseudonyms that stand there instead.
 * @param env the environment, for keys that are kept there
 */
export function identifier(entries: readonly EnrolledEntry[], secret: Buffer, env: Readonly<Record<string, string | undefined>>): Identify {
  const headsets = new EnrolledHeadsets(entries, env)
  const known = new Map(headsets.all.map((headset) => [headset, enrolledOf(headset, secret)]))
  const recorded = new Map(headsets.all.map((headset) => [pseudonymAddress(secret, headset.alias), headset]))
  return (address, time) => {
    const headset = headsets.identify(address, time) ?? recorded.get(address)
    return headset && time < headset.expires ? known.get(headset) : undefined
  }
}

const enrolledOf = ({ alias, team, cipher }: EnrolledHeadset, secret: Buffer): Enrolled => ({
  device: pseudonym(secret, alias),
  person: alias,
  ...(team !== null && { team }),
  ...(cipher && { cipher }),
})
