import { ShitopsError } from '../../base/errors.ts'

/** A step without a record. */
export const GAP = Symbol('gap')

/**
 * The values of a series in promtool's notation, separated by blanks: `5` is one value, `5x3` is 5 and three more of it, `1+2x3` is 1 3 5 7,
 * `10-1x2` is 10 9 8, `_` is a step without a record and `_x3` three of them. A word that is no number is text: `call callx2`.
 *
 * @throws SHITOPS_E_INSIGHT
 */
export function expandSeries(text: string): unknown[] {
  return text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
    .flatMap((word) => {
      const gaps = /^_(?:x(\d+))?$/.exec(word)
      if (gaps) return Array.from({ length: Number(gaps[1] ?? 1) }, () => GAP)
      const numbers = /^(-?\d+(?:\.\d+)?(?:e-?\d+)?)(?:([+-]\d+(?:\.\d+)?)?x(\d+))?$/.exec(word)
      if (numbers) {
        const [, first = '0', step = '0', times = '0'] = numbers
        // By multiplication, as a sum of steps drifts: 0.1 ten times is not 1.
        return Array.from({ length: Number(times) + 1 }, (_, i) => Number((Number(first) + i * Number(step)).toPrecision(12)))
      }
      const words = /^(.+?)x(\d+)$/.exec(word)
      const [value, times] = words ? [words[1] ?? '', Number(words[2])] : [word, 0]
      if (times > 1_000_000) throw new ShitopsError('SHITOPS_E_INSIGHT', `"${word}" is too long a series`)
      return Array.from({ length: times + 1 }, () => literal(value))
    })
}

const literal = (word: string): unknown => (word === 'true' ? true : word === 'false' ? false : word === 'null' ? null : word)
