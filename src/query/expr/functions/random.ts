import { createHash } from 'node:crypto'
import { char, DOUBLE, INT } from '../../types/make-type.ts'
import type { Expr } from '../expr.ts'
import type { FunctionEntry } from './entry.ts'
import { SMALL } from './parameter.ts'
import { simple } from './simple.ts'

/** java.util.Random, so that RAND(seed) gives Flink's numbers: a linear congruential generator of 48 bits (its documentation has the constants). */
export class JavaRandom {
  #state: bigint

  constructor(seed: number) {
    this.#state = (BigInt(seed) ^ 0x5deece66dn) & MASK
  }

  #next(bits: number): number {
    this.#state = (this.#state * 0x5deece66dn + 0xbn) & MASK
    return Number(BigInt.asIntN(32, this.#state >> BigInt(48 - bits)))
  }

  nextDouble(): number {
    return (this.#next(26) * 2 ** 27 + this.#next(27)) * 2 ** -53
  }

  /** From 0 to below `bound`, which is positive. */
  nextInt(bound: number): number {
    const bits = this.#next(31)
    if ((bound & (bound - 1)) === 0) return Number((BigInt(bound) * BigInt(bits)) >> 31n)
    let candidate = bits
    while (candidate - (candidate % bound) + (bound - 1) > 0x7fffffff) candidate = this.#next(31)
    return candidate % bound
  }
}

const MASK = (1n << 48n) - 1n

const seedOf = (args: readonly Expr[], i: number): number | undefined => {
  const arg = args[i]
  return arg?.op === 'literal' && typeof arg.value === 'number' ? arg.value : undefined
}

function uuid(random: () => number): string {
  const bytes = createHash('sha256').update(String(random())).update(String(random())).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export const RANDOM: readonly FunctionEntry[] = [
  simple({
    names: ['RAND'],
    parameters: [SMALL],
    required: 0,
    result: DOUBLE,
    volatile: true,
    inline([seed], bound, gen) {
      if (seed === undefined) return `${gen.code.constant(gen.session.random, 'random')}()`
      const known = seedOf(bound.args, 0)
      if (known === undefined) return `new (${gen.code.constant(JavaRandom, 'JavaRandom')})(${seed}).nextDouble()`
      return `${gen.code.constant(new JavaRandom(known), 'random')}.nextDouble()`
    },
  }),
  simple({
    names: ['RAND_INTEGER'],
    parameters: [SMALL, SMALL],
    required: 1,
    result: INT,
    volatile: true,
    inline([first, bound2], bound, gen) {
      if (bound2 === undefined) return `Math.floor(${gen.code.constant(gen.session.random, 'random')}() * ${first})`
      const known = seedOf(bound.args, 0)
      if (known === undefined) return `new (${gen.code.constant(JavaRandom, 'JavaRandom')})(${first}).nextInt(${bound2})`
      return `${gen.code.constant(new JavaRandom(known), 'random')}.nextInt(${bound2})`
    },
  }),
  simple({
    names: ['UUID'],
    parameters: [],
    result: char(36),
    volatile: true,
    inline: (_values, _bound, gen) => `${gen.code.constant(uuid, 'uuid')}(${gen.code.constant(gen.session.random, 'random')})`,
  }),
]
