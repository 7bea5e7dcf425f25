import { AddressResolver } from './address-resolver.ts'
import { type EnrolledEntry, resolveKeySource } from './enrolment.ts'
import { StatusCipher } from './status-cipher.ts'

/** An enrolled headset at work: who it is, and what opens its frames. Holds no key that could be printed. */
export interface EnrolledHeadset {
  alias: string
  team: string | null
  /** Opens exact batteries and case frames; null without an ENC key. */
  cipher: StatusCipher | null
  /** ms since the epoch; from then on it is a stranger. */
  expires: number
}

/** Whose an address is, among those who were enrolled and whose enrolment has not expired. */
export class EnrolledHeadsets {
  /** Everybody in the file, in its order, the expired too. */
  readonly all: readonly EnrolledHeadset[]
  readonly #resolver: AddressResolver<EnrolledHeadset>

  /** @throws SHITOPS_E_CONFIG or SHITOPS_E_KEY when a key is to come from a variable that is not set or holds none */
  constructor(entries: readonly EnrolledEntry[], env: Readonly<Record<string, string | undefined>>, options: { cacheSize?: number } = {}) {
    const keys = entries.map(({ alias, team, irk, irkOrder, enc, expires }) => {
      const cipher = enc === undefined ? null : new StatusCipher(resolveKeySource(enc, env))
      return { owner: { alias, team: team ?? null, cipher, expires }, irk: resolveKeySource(irk, env), order: irkOrder }
    })
    this.all = keys.map(({ owner }) => owner)
    this.#resolver = new AddressResolver(keys, options)
  }

  /** The headset that sends from this address at this time (ms since the epoch), or null: a stranger, who is only counted. */
  identify(address: string, now: number): EnrolledHeadset | null {
    const headset = this.#resolver.resolve(address)
    return headset && now < headset.expires ? headset : null
  }
}
