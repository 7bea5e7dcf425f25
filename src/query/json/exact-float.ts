/**
 * The float nearest to a decimal number, given the double nearest to it. Rounding twice goes wrong only where that double lies exactly between two
 * floats and the number itself does not: then the number is compared with it, exactly.
 * @param text the number as it was written, asked for only then
 */
export function exactFloat(double: number, text: () => string): number {
  const near = Math.fround(double)
  if (near === double || !Number.isFinite(double)) return near
  // Where the floats end, the next one would be 2^128.
  const edge = Number.isFinite(near) ? near : Math.sign(near) * 2 ** 128
  const other = neighbour(near, double > edge)
  if (double - edge !== other - double) return near
  const side = compare(text(), double)
  if (side === 0) return near
  return Math.fround(side > 0 ? Math.max(edge, other) : Math.min(edge, other))
}

/** The next float up or down; infinity's is the greatest. */
function neighbour(float: number, up: boolean): number {
  const words = new Int32Array(1)
  const floats = new Float32Array(words.buffer)
  floats[0] = float
  if (float === 0) return up ? 2 ** -149 : -(2 ** -149)
  words[0] = (words[0] as number) + (up === float > 0 ? 1 : -1)
  return floats[0] as number
}

/** Whether a decimal number is below (-1), at (0) or above (1) a double: both as fractions of integers. */
function compare(text: string, double: number): number {
  const [, sign, whole = '', fraction = '', exponent = '0'] = /^([+-]?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const power = Number(exponent) - fraction.length
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n)
  const [mantissa, two] = binary(double)
  const left = digits * 10n ** BigInt(Math.max(power, 0)) * 2n ** BigInt(Math.max(-two, 0))
  const right = mantissa * 2n ** BigInt(Math.max(two, 0)) * 10n ** BigInt(Math.max(-power, 0))
  return left < right ? -1 : left > right ? 1 : 0
}

/** A finite double as mantissa × 2^power. */
function binary(double: number): readonly [mantissa: bigint, power: number] {
  let power = 0
  let mantissa = double
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2
    power--
  }
  return [BigInt(mantissa), power]
}
