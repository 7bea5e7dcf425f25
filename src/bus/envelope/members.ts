const QUOTE = 0x22
const BACKSLASH = 0x5c
const isSpace = (code: number) => code === 0x20 || code === 0x09 || code === 0x0a || code === 0x0d

/**
 * Where the value of a member of a JSON object stands in its text, white space around it left out: JSON.parse alone would round long
 * numbers and lose how they were written. The text must be a valid JSON object (JSON.parse took it); of a name given twice the last counts.
 */
export function memberSpan(json: string, name: string): readonly [start: number, end: number] | undefined {
  let found: readonly [number, number] | undefined
  let at = skipSpace(json, json.indexOf('{') + 1)
  while (json.charCodeAt(at) === QUOTE) {
    const nameEnd = stringEnd(json, at) + 1
    const start = skipSpace(json, skipSpace(json, nameEnd) + 1)
    const end = valueEnd(json, start)
    if (JSON.parse(json.slice(at, nameEnd)) === name) found = [start, end]
    at = skipSpace(json, skipSpace(json, end) + 1)
  }
  return found
}

function skipSpace(json: string, start: number): number {
  let at = start
  while (isSpace(json.charCodeAt(at))) at++
  return at
}

/** Where the string that opens at `start` closes. */
function stringEnd(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json.charCodeAt(at) !== QUOTE) at += json.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

/** Just after the value that starts at `start`. */
function valueEnd(json: string, start: number): number {
  let depth = 0
  for (let at = start; at < json.length; at++) {
    const char = json[at]
    if (char === '"') at = stringEnd(json, at)
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') {
      if (depth === 0) return trimEnd(json, start, at)
      if (--depth === 0) return at + 1
    } else if (char === ',' && depth === 0) return trimEnd(json, start, at)
  }
  return json.length
}

function trimEnd(json: string, start: number, end: number): number {
  let at = end
  while (at > start && isSpace(json.charCodeAt(at - 1))) at--
  return at
}
