import { ShitopsError } from '../../base/errors.ts'
import { parseInstant } from '../../base/instant.ts'
import { nearest } from '../../base/nearest.ts'
import type { LabelledWindow } from './judge.ts'

const KEYS = ['insight', 'subject', 'start', 'end', 'harm'] as const

/**
 * Labelled windows from the text of a file: YAML or JSON, a list of `{insight, subject, start, end, harm}`, or that under `windows`; or CSV with
 * these names in its first line (`.csv`). Times are RFC 3339 or ms since the epoch.
 *
 * @param name of the file, for messages
 * @throws SHITOPS_E_BACKTEST_LABELS with the place
 */
export async function parseLabels(text: string, name: string): Promise<LabelledWindow[]> {
  const entries = name.endsWith('.csv') ? csvEntries(text, name) : await yamlEntries(text, name)
  return entries.map(([place, entry]) => windowOf(entry, place))
}

async function yamlEntries(text: string, name: string): Promise<Array<[string, unknown]>> {
  const { LineCounter, parseDocument } = await import('../../base/yaml.ts')
  const { offsetOf } = await import('../../base/yaml-place.ts')
  const lines = new LineCounter()
  // As JSON has it: a time stays text.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core' })
  const [broken] = document.errors
  if (broken) throw problem(`${name}:${lines.linePos(broken.pos[0]).line}`, broken.message)
  const value: unknown = document.toJS()
  const within = Array.isArray(value) ? [] : ['windows']
  const list = Array.isArray(value) ? value : (value as { windows?: unknown } | null)?.windows
  if (!Array.isArray(list)) throw problem(`${name}:1`, 'there is no list of windows')
  return list.map((entry, i) => [`${name}:${lines.linePos(offsetOf(document, [...within, i], false)).line}`, entry])
}

function csvEntries(text: string, name: string): Array<[string, unknown]> {
  const [head = '', ...lines] = text.split(/\r?\n/)
  const names = cells(head)
  return lines.flatMap((line, i): Array<[string, unknown]> => {
    if (line.trim() === '') return []
    const values = cells(line)
    if (values.length > names.length) throw problem(`${name}:${i + 2}`, `there are ${values.length} cells, and ${names.length} columns`)
    const fields = names.flatMap((column, at) => (values[at] ? [[column, values[at]]] : []))
    return [[`${name}:${i + 2}`, Object.fromEntries(fields)]]
  })
}

/** Cells of a line; quotes as RFC 4180 has them. */
const cells = (line: string): string[] =>
  [...`,${line}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) =>
    (quoted?.replaceAll('""', '"') ?? plain ?? '').trim(),
  )

function windowOf(entry: unknown, place: string): LabelledWindow {
  if (typeof entry !== 'object' || entry === null) throw problem(place, 'that is no window')
  const fields = entry as Record<string, unknown>
  for (const key of Object.keys(fields)) {
    if ((KEYS as readonly string[]).includes(key)) continue
    const like = nearest(key, KEYS)
    throw problem(place, `"${key}" is nothing that a window has`, like ? `did you mean ${like}?` : `it has ${KEYS.join(', ')}`)
  }
  const [start, end] = [timeOf(fields, 'start', place), timeOf(fields, 'end', place)]
  if (end < start) throw problem(place, 'it ends before it begins')
  return {
    ...{ start, end },
    ...(fields.insight !== undefined && { insight: String(fields.insight) }),
    ...(fields.subject !== undefined && { subject: String(fields.subject) }),
    ...(fields.harm !== undefined && { harm: timeOf(fields, 'harm', place) }),
  }
}

function timeOf(fields: Record<string, unknown>, key: string, place: string): number {
  const value = fields[key]
  if (value === undefined) throw problem(place, `"${key}" is missing`)
  const text = value instanceof Date ? value.toISOString() : String(value)
  // "15m ago" is no place in the past that stays where it is.
  const at = /^\d{4}-|^\d+$/.test(text) ? parseInstant(text, 0) : undefined
  if (at === undefined) throw problem(place, `${key} "${text}" is no time`, '2026-03-31T14:05:00Z')
  return at
}

function problem(place: string, what: string, ...suggestions: string[]): ShitopsError {
  return new ShitopsError('SHITOPS_E_BACKTEST_LABELS', `${place}: ${what}`, {
    suggestions:
      suggestions.length > 0
        ? suggestions
        : ['- { insight: device_flapping, subject: access-1/*, start: 2026-03-31T14:00:00Z, end: 2026-03-31T14:20:00Z }'],
  })
}
