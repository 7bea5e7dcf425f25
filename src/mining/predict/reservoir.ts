/**
 * Where the n-th value (from 0) goes among `room` that are kept, so that each value so far is kept with the same probability (Vitter's algorithm R);
 * -1 when it is not. The newest ones would be those of long cases whenever cases stop to begin. Drawn from n: the same values give the same choice.
 */
export function placeOf(n: number, room: number): number {
  if (n < room) return n
  let hash = Math.imul(n ^ 0x9e3779b9, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  const place = Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * (n + 1))
  return place < room ? place : -1
}
