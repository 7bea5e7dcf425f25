import type { Inputs } from './ask-both.ts'

/** An input's lines, told apart by where they stand. */
interface Line {
  readonly input: string
  readonly text: string
}

/**
 * The fewest lines that still differ, by taking away ever smaller pieces (delta debugging, Zeller and Hildebrandt 2002).
 * @param differs asked for at most `tries` inputs
 */
export async function shrink(inputs: Inputs, differs: (inputs: Inputs) => Promise<boolean>, tries: number): Promise<Inputs> {
  const names = Object.keys(inputs)
  let lines = names.flatMap((input) => linesOf(inputs[input] ?? '').map((text) => ({ input, text })))
  let pieces = 2
  let left = tries
  while (lines.length > 0 && left > 0) {
    const size = Math.ceil(lines.length / pieces)
    let smaller: Line[] | undefined
    for (let from = 0; from < lines.length && left > 0; from += size) {
      const rest = [...lines.slice(0, from), ...lines.slice(from + size)]
      left--
      if (await differs(joined(names, rest))) {
        smaller = rest
        break
      }
    }
    if (smaller) {
      lines = smaller
      pieces = Math.max(2, pieces - 1)
    } else if (size === 1) {
      break
    } else {
      pieces = Math.min(lines.length, pieces * 2)
    }
  }
  return joined(names, lines)
}

export const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')

function joined(names: readonly string[], lines: readonly Line[]): Inputs {
  return Object.fromEntries(
    names.map((name) => [
      name,
      lines
        .filter(({ input }) => input === name)
        .map(({ text }) => `${text}\n`)
        .join(''),
    ]),
  )
}
