import { readFileSync, writeFileSync } from 'node:fs'
import { isMap, isSeq, parseDocument, Scalar, type YAMLMap, YAMLSeq } from 'yaml'

/** Writes Flink's answers into a case file, leaving everything that people wrote, comments too, as it stands. */
export function recordAnswers(path: string, keys: readonly string[], answers: readonly object[]): void {
  const document = parseDocument(readFileSync(path, 'utf8'))
  const cases = document.get('cases')
  if (!isSeq(cases) || cases.items.length !== answers.length) throw new Error(`${path}: not the file that was asked about`)
  cases.items.forEach((item, i) => {
    if (!isMap(item)) throw new Error(`${path}: case ${i + 1} is not a map`)
    writeCase(item, keys, { ...answers[i] })
  })
  writeFileSync(path, document.toString({ lineWidth: 0, flowCollectionPadding: false }))
}

function writeCase(item: YAMLMap, keys: readonly string[], answer: Readonly<Record<string, unknown>>): void {
  for (const key of keys) {
    item.delete(key)
    if (answer[key] !== undefined) item.set(key, nodeOf(answer[key]))
  }
}

/** Text is quoted (a value "1" is text, not a number) or, over several lines, a block; lists stand on one line. */
function nodeOf(value: unknown): unknown {
  if (typeof value === 'string') {
    const scalar = new Scalar(value)
    scalar.type = value.endsWith('\n') ? 'BLOCK_LITERAL' : 'QUOTE_DOUBLE'
    return scalar
  }
  if (!Array.isArray(value)) return value
  const list = new YAMLSeq()
  list.flow = true
  list.items = value.map((element) => nodeOf(element))
  return list
}
