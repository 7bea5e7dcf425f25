/** A number of so many digits may lie beyond 2^53. */
const LONG = /\d{16}/
/** A string, or a number: strings are matched so that digits in them are passed over. */
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g
const INTEGER = /^-?\d{16,}$/

/** JSON.parse, except that an integer that a JSON number cannot hold exactly comes as decimal text: `18446744073709551615` is a counter. */
export function parseLossless(text: string): unknown {
  return JSON.parse(LONG.test(text) ? quoteLong(text) : text)
}

function quoteLong(text: string): string {
  return text.replace(TOKEN, (token) => (INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token))
}
