/** One statement of a script and where it begins. */
export interface ScriptStatement {
  /** Without the closing `;`, comments kept. */
  text: string
  /** 1-based line in the script of the statement's first word; what the gateway says of a line counts from there. */
  line: number
  /** 1-based column of that word. */
  column: number
}

/**
 * Cuts a script at its semicolons, as Flink's SQL client does: not inside quotes, backticks or comments, and a statement set
 * (BEGIN … END) stays whole. The gateway takes one statement at a time.
 */
export function splitStatements(script: string): ScriptStatement[] {
  const statements: ScriptStatement[] = []
  let start = 0
  const cut = (end: number) => {
    const raw = script.slice(start, end)
    const lead = leadingBlank(raw)
    const text = raw.slice(lead).trim()
    const before = script.slice(0, start + lead)
    if (text !== '') statements.push({ text, line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') })
    start = end + 1
  }
  for (const { index, token } of tokens(script)) {
    if (token === ';' && !isInsideSet(script.slice(start, index))) cut(index)
  }
  cut(script.length)
  return statements
}

/** Length of blank space and comments at the beginning. */
function leadingBlank(text: string): number {
  return /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/.exec(text)?.[0].length ?? 0
}

/** Quoted pieces and comments are swallowed whole; what is left of interest is a semicolon. */
function* tokens(script: string): Generator<{ index: number; token: string }> {
  const pieces = /'(?:[^']|'')*'|`(?:[^`]|``)*`|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|;/g
  for (const match of script.matchAll(pieces)) yield { index: match.index, token: match[0] }
}

/** `EXECUTE STATEMENT SET BEGIN …` or `BEGIN STATEMENT SET` until its END. */
function isInsideSet(text: string): boolean {
  const words = text.slice(leadingBlank(text))
  if (!/^(?:EXECUTE\s+(?:PLAN\s+)?|EXPLAIN\s+(?:\w+\s+)*)?STATEMENT\s+SET\s+BEGIN\b/i.test(words)) return false
  // The END of the set stands after a semicolon; one before it belongs to a CASE.
  return !/;\s*END\s*$/i.test(words)
}
