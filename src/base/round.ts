/**
 * A number to so many digits behind the point, halves away from zero, by the digits that the number is written with: 0.35 is 0.4, though the
 * double is a little below. So rounds Flink's ROUND; `toFixed` looks at the double.
 *
 * @param digits below zero: to tens, hundreds …
 */
export function roundTo(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0) return value
  const rounded = shifted(Math.round(shifted(Math.abs(value), digits)), -digits)
  return value < 0 ? -rounded : rounded
}

/** To so many digits that count. */
export function roundToDigits(value: number, digits: number): number {
  if (!Number.isFinite(value) || value === 0) return value
  return roundTo(value, digits - 1 - Math.floor(Math.log10(Math.abs(value))))
}

/** Times 10 to the power of `places`, exactly: by the text. */
function shifted(value: number, places: number): number {
  const [digits = '0', exponent = '0'] = String(value).split('e')
  return Number(`${digits}e${Number(exponent) + places}`)
}
