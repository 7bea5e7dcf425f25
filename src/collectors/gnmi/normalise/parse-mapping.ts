import { messageOf, ShitopsError } from '../../../base/errors.ts'
import { nearest } from '../../../base/nearest.ts'
import { METRICS, type Metric } from '../../../events/metrics.ts'
import { ruleOf } from './compile-rule.ts'
import type { Finding } from './mapping-finding.ts'
import { KEYS, mappingSchema } from './mapping-schema.ts'
import type { Mapping } from './rule.ts'

/**
 * A mapping file's text, YAML: which paths of a family of devices give which metrics (docs/gnmi-metrics.md).
 * @param source the file's name, for errors
 * @throws SHITOPS_E_GNMI_MAPPING with everything that is wrong, each with its line
 */
export async function parseMapping(text: string, source: string): Promise<Mapping> {
  const { LineCounter, parseDocument } = await import('../../../base/yaml.ts')
  const { offsetOf } = await import('../../../base/yaml-place.ts')
  const { z } = await import('zod')
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${source}:${line}:${col}`
  }
  if (document.errors.length > 0) throw invalid(document.errors.map(({ pos, message }) => `${place(pos[0])}: is not YAML: ${message}`))
  const fail = (findings: readonly Finding[]) =>
    invalid(findings.map(({ path, message, keyed = false }) => `${place(offsetOf(document, path, keyed))}: ${nameOf(path)}${message}`))

  let value: unknown
  try {
    value = document.toJS()
  } catch (error) {
    throw invalid([`${place(0)}: is not YAML: ${messageOf(error)}`])
  }
  const file = mappingSchema(z).safeParse(value)
  if (!file.success) throw fail(file.error.issues.flatMap(findingsOf))
  const { rules, ...rest } = file.data
  const compiled = rules.map((entry, i) => ruleOf(entry, ['rules', i], rest.metrics))
  const findings = [...redeclared(rest.metrics), ...compiled.flatMap((rule) => ('findings' in rule ? rule.findings : []))]
  if (findings.length > 0) throw fail(findings)
  return { ...rest, source, rules: compiled.flatMap((rule) => ('rules' in rule ? rule.rules : [])) }
}

/** A metric has one unit, whichever source it comes from. */
function redeclared(own: Mapping['metrics']): Finding[] {
  return Object.keys(own)
    .filter((metric) => metric in METRICS)
    .map((metric) => ({
      path: ['metrics', metric],
      keyed: true,
      message: `is a metric already, in ${METRICS[metric as Metric].unit}; leave it out here`,
    }))
}

/** An issue of zod's, as far as this schema makes them. */
interface Issue {
  code?: string | undefined
  path: readonly PropertyKey[]
  message: string
  keys?: readonly string[]
  values?: readonly unknown[]
  input?: unknown
}

function findingsOf({ code, path, message, keys, values }: Issue): Finding[] {
  if (code === 'unrecognized_keys' && keys)
    return keys.map((key) => ({ path: [...path, key], keyed: true, message: unknownKey(path, key) }))
  if (code === 'invalid_value' && values) return [{ path, message: `is none of ${values.join(', ')}` }]
  if (code === 'invalid_key') return [{ path, keyed: true, message: 'is no name of a metric: small letters, digits and "_"' }]
  return [{ path, message: message.startsWith('is ') ? message : `is wrong: ${message}` }]
}

function unknownKey(path: readonly PropertyKey[], key: string): string {
  const known = KEYS[path.map((part, i) => (i > 0 ? '*' : String(part))).join('.')] ?? []
  const like = nearest(key, known)
  return `is not known here${like ? `; did you mean ${like}?` : `; known are ${known.join(', ')}`}`
}

/** `rules[3].kind `, counted from 1 as people do; nothing for the file as a whole. */
function nameOf(path: readonly PropertyKey[]): string {
  const name = path.map((part, i) => (typeof part === 'number' ? `[${part + 1}]` : `${i > 0 ? '.' : ''}${String(part)}`)).join('')
  return name && `${name} `
}

function invalid(problems: readonly string[]): ShitopsError {
  const message = problems.length === 1 ? String(problems[0]) : `${problems.length} problems in the mapping:\n  ${problems.join('\n  ')}`
  return new ShitopsError('SHITOPS_E_GNMI_MAPPING', message, { suggestions: ['docs/gnmi-metrics.md says how a mapping is written'] })
}
