import { ShitopsError } from '../../base/errors.ts'
import type { Damage } from '../bus.ts'

/** Counts the damaged offsets that a read goes past, to be told at its end. */
export class DamageCount {
  #offsets = 0
  #first: Damage | undefined

  get offsets(): number {
    return this.#offsets
  }

  add(damage: Damage): void {
    this.#offsets += damage.to - damage.from
    this.#first ??= damage
  }

  /** What the command ends with once the rest has been read; undefined when nothing was damaged. */
  error(): ShitopsError | undefined {
    if (!this.#first) return undefined
    const { topic, partition, from, why } = this.#first
    const many = this.#offsets === 1 ? '1 offset' : `${this.#offsets} offsets`
    return new ShitopsError(
      'SHITOPS_E_BUS_CORRUPT',
      `${many} could not be read, the first ${topic}/${partition}@${from} (${why}); all that could be read was`,
      { suggestions: ['shitops doctor, which checks the whole store'] },
    )
  }
}
