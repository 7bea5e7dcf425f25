import type { ConfigFile } from '../config/files.ts'
import type { LoadedConfig } from '../config/load.ts'
import { originText, shortPath } from '../config/origin.ts'
import { type ConfigProblem, problemText } from '../config/problem.ts'
import { redact } from '../config/redact.ts'
import { settingPath } from '../config/setting-path.ts'
import { paint } from './color.ts'

/** Columns as wide as their widest cell. */
function aligned(rows: ReadonlyArray<readonly string[]>): string[] {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function table(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const [head = '', ...lines] = aligned([header, ...rows])
  return [paint.strong(head), ...lines].join('\n')
}

/** Every setting that has a value, and with `origin` where it comes from. A list is shown item by item. */
export function formatSettings({ entries }: LoadedConfig, origin: boolean): string {
  const rows = entries.flatMap((entry) =>
    itemsOf(entry.value).map(([keys, value]) => [
      settingPath([entry.path, ...keys]),
      String(redact(value)),
      ...(origin ? [originText(entry.within?.(keys) ?? entry.origin)] : []),
    ]),
  )
  return table(['SETTING', 'VALUE', ...(origin ? ['ORIGIN'] : [])], rows)
}

/** What stands in a list or mapping, by keys and indexes; a list of plain values, also one of none, is one line. */
function itemsOf(value: unknown, keys: readonly PropertyKey[] = []): Array<[readonly PropertyKey[], unknown]> {
  if (typeof value !== 'object' || value === null) return [[keys, value]]
  if (!Array.isArray(value)) return Object.entries(value).flatMap(([key, inner]) => itemsOf(inner, [...keys, key]))
  if (value.every((item) => typeof item !== 'object')) return [[keys, value.map(redact).join(', ') || '(none)']]
  return value.flatMap((item, i) => itemsOf(item, [...keys, i]))
}

/** The document of `config show --json`: `settings` by dotted name, and the origin of each. */
export function settingsDocument({ entries }: LoadedConfig) {
  return {
    settings: Object.fromEntries(entries.map(({ path, value }) => [path, redact(value)])),
    origins: Object.fromEntries(entries.map(({ path, origin }) => [path, origin])),
  }
}

/** A file a line, the strongest first, and a last line for what goes before and after them. */
export function formatFiles(files: readonly ConfigFile[]): string {
  const rows = files.map(({ file, exists }, i) => [String(i + 1), exists ? 'read' : 'not there', shortPath(file)])
  return `${table(['', 'STATE', 'FILE'], rows)}\nFlags and SHITOPS_* variables go before all files; a setting counts from the first that has it.`
}

/** A problem a line, as editors parse it, and a last line that sums up. */
export function formatValidation({ problems, files }: LoadedConfig): string {
  const read = files.filter(({ exists }) => exists).map(({ file }) => shortPath(file))
  const sum =
    problems.length === 0 ? paint.good('valid') : paint.error(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`)
  return [...problems.map(problemText), `${read.length > 0 ? read.join(', ') : 'no configuration file'}: ${sum}`].join('\n')
}

/** The document of `config validate --json`. */
export function validationDocument({ problems, files }: LoadedConfig) {
  return {
    valid: problems.length === 0,
    files: files.filter(({ exists }) => exists).map(({ file }) => file),
    problems: problems.map(({ path, message, suggestion, origin }: ConfigProblem) => ({ setting: path, message, suggestion, origin })),
  }
}
