import { DURATION_FORMS, parseDuration } from '../base/duration.ts'
import { ShitopsError } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'
import { isTopicName } from '../events/topics.ts'
import { CHANNELS, type EvidencePolicy, type Insight, type RowPolicy, SEVERITIES } from './insight.ts'

const KEYS = [
  'severity',
  'channel',
  'for',
  'keep_firing_for',
  'holds',
  'time',
  'subject',
  'active',
  'labels',
  'observed',
  'expected',
  'summary',
  'advice',
  'evidence',
  'score',
  'runbook',
] as const
type Key = (typeof KEYS)[number]

const OPTIONAL: readonly Key[] = ['active', 'labels', 'expected', 'evidence', 'score', 'runbook']

interface Entry {
  key: Key
  text: string
  /** From 1. */
  line: number
}

/**
 * An insight from its file: the comment lines that it begins with are its header (docs/insights.md, "The header"), the rest is one query.
 *
 * The first line is the title; lines `key: value` are the policy, a line that is indented goes on with the value above it; all others are
 * what the insight says of itself.
 *
 * @param name of the insight: the file's, without `.sql`
 * @throws SHITOPS_E_INSIGHT with file and line
 */
export function parseInsight(sql: string, name: string): Insight {
  const header = new Header(sql, name)
  const { title, about } = header
  const [observed, unit] = header.words('observed', 2, 'COLUMN UNIT, as in loss ratio')
  const active = header.find('active')
  const rows: RowPolicy = {
    time: header.column('time'),
    subject: header.columns('subject'),
    ...(active && { active: header.column('active') }),
    holds: header.duration('holds'),
    labels: header.find('labels') ? header.columns('labels') : [],
    observed: {
      column: observed as string,
      unit: unit as string,
      ...header.band(),
      ...(header.find('score') && { score: header.column('score') }),
    },
    evidence: header.evidence(),
  }
  const alert = {
    severity: header.choice('severity', SEVERITIES),
    channel: header.choice('channel', CHANNELS),
    for: header.duration('for'),
    keepFiringFor: header.duration('keep_firing_for'),
    summary: header.get('summary').text,
    advice: header.get('advice').text,
    ...(header.find('runbook') && { runbook: header.get('runbook').text }),
  }
  return { name, title, about, rows, alert, sql }
}

class Header {
  readonly title: string
  readonly about: string
  readonly #name: string
  readonly #entries: Entry[] = []
  readonly #lines: number

  constructor(sql: string, name: string) {
    this.#name = name
    if (!/^[a-z][a-z0-9_]*$/.test(name)) {
      this.#fail(1, `"${name}" is no name for an insight`, 'lower-case letters, digits and _, as in call_quality_at_risk.sql')
    }
    const lines = headerLines(sql)
    this.#lines = lines.length
    const prose: string[] = []
    const [title, ...others] = lines
    this.title = title?.trim() ?? ''
    if (this.title === '')
      this.#fail(1, 'there is no header', 'the first line is a comment with the title: -- Calls over a link that loses packets')
    for (const [i, line] of others.entries()) this.#line(line, i + 2, prose)
    this.about = prose.join('\n').trim()
    for (const key of KEYS) if (!OPTIONAL.includes(key)) this.get(key)
  }

  #line(line: string, number: number, prose: string[]): void {
    const match = /^ ?([a-z_]+):(?: +(.*))?$/.exec(line)
    if (match) {
      const [, word = '', text = ''] = match
      const key = KEYS.find((known) => known === word)
      if (!key) {
        const like = nearest(word, KEYS)
        this.#fail(number, `there is no "${word}" in a header`, like ? `did you mean ${like}?` : `a header has ${KEYS.join(', ')}`)
      }
      const twice = key !== 'evidence' && this.find(key)
      if (twice) this.#fail(number, `"${key}" is there already, in line ${twice.line}`)
      this.#entries.push({ key, text: text.trim(), line: number })
      return
    }
    const last = this.#entries.at(-1)
    if (last && /^ {3,}\S/.test(line)) last.text = `${last.text} ${line.trim()}`.trim()
    else if (last && line.trim() !== '')
      this.#fail(number, `"${line.trim()}" is no "key: value"`, 'what an insight says of itself stands before the first key')
    else prose.push(line.trim())
  }

  find(key: Key): Entry | undefined {
    return this.#entries.find((entry) => entry.key === key)
  }

  get(key: Key): Entry {
    const entry = this.find(key)
    if (!entry) return this.#fail(this.#lines, `"${key}" is missing`, `-- ${key}: ${EXAMPLES[key]}`)
    if (entry.text === '') this.#fail(entry.line, `"${key}" is empty`, `-- ${key}: ${EXAMPLES[key]}`)
    return entry
  }

  words(key: Key, count: number, form: string): string[] {
    const { text, line } = this.get(key)
    const words = text.split(/\s+/)
    if (words.length !== count) this.#fail(line, `"${key}: ${text}" is not ${form}`)
    return words
  }

  column(key: Key): string {
    return this.words(key, 1, 'the name of a column')[0] as string
  }

  columns(key: Key): string[] {
    const { text, line } = this.get(key)
    const names = text.split(',').map((name) => name.trim())
    const bad = names.find((name) => !/^\w+$/.test(name))
    if (bad !== undefined) this.#fail(line, `"${bad}" is no name of a column`, `-- ${key}: ${EXAMPLES[key]}`)
    return names
  }

  duration(key: Key): number {
    const { text, line } = this.get(key)
    const ms = parseDuration(text)
    if (ms === undefined) return this.#fail(line, `"${text}" is no duration`, DURATION_FORMS)
    if (key === 'holds' && ms === 0) this.#fail(line, 'a row must stand for some time', `-- holds: ${EXAMPLES.holds}`)
    return ms
  }

  choice<const Word extends string>(key: Key, words: readonly Word[]): Word {
    const { text, line } = this.get(key)
    const found = words.find((word) => word === text)
    return found ?? this.#fail(line, `"${text}" is no ${key}`, words.join(', '))
  }

  /** `0 to 0.03`, `from 20`, `to 0.9`. */
  band(): { expectedLow?: number; expectedHigh?: number } {
    const entry = this.find('expected')
    if (!entry) return {}
    const match = /^(?:(?:from )?(-?[\d.]+(?:e\d+)?))? ?(?:to (-?[\d.]+(?:e\d+)?))?$/.exec(entry.text)
    const [low, high] = [match?.[1], match?.[2]].map((text) => (text === undefined ? undefined : Number(text)))
    if (!match || entry.text === '' || Number.isNaN(low) || Number.isNaN(high))
      this.#fail(entry.line, `"${entry.text}" is no band`, '0 to 0.03', 'from 20', 'to 0.9')
    if (low !== undefined && high !== undefined && low > high) this.#fail(entry.line, `the band "${entry.text}" is upside down`)
    return { ...(low !== undefined && { expectedLow: low }), ...(high !== undefined && { expectedHigh: high }) }
  }

  /** `TOPIC PARTITION_COLUMN OFFSET_COLUMN TEXT`, any number of them. */
  evidence(): EvidencePolicy[] {
    return this.#entries
      .filter(({ key }) => key === 'evidence')
      .map(({ text, line }) => {
        const match = /^(\S+)\s+(\w+)\s+(\w+)\s+(\S.*)$/.exec(text)
        if (!match) return this.#fail(line, `"${text}" is no evidence`, `-- evidence: ${EXAMPLES.evidence}`)
        const [, topic = '', partition = '', offset = '', excerpt = ''] = match
        if (!isTopicName(topic)) this.#fail(line, `there is no topic ${topic}`, `-- evidence: ${EXAMPLES.evidence}`)
        return { topic, partition, offset, excerpt }
      })
  }

  #fail(line: number, problem: string, ...suggestions: string[]): never {
    throw new ShitopsError('SHITOPS_E_INSIGHT', `insight ${this.#name}, line ${line}: ${problem}`, {
      ...(suggestions.length > 0 && { suggestions }),
    })
  }
}

const EXAMPLES: Record<Key, string> = {
  severity: 'warning',
  channel: 'operations',
  for: '45s',
  keep_firing_for: '30s',
  holds: '10s',
  time: 'window_time',
  subject: 'target',
  active: 'overdue',
  labels: 'team, site',
  observed: 'loss ratio',
  expected: '0 to 0.03',
  summary: '{target} loses {loss%} of its packets',
  advice: 'move the calls to another access point',
  evidence: 'device_metrics loss_partition loss_offset packet_loss {loss%}',
  score: 'anomaly_score',
  runbook: 'https://runbooks.example/call-quality',
}

/** The comment lines at the beginning, without `--` and the line's end. */
function headerLines(sql: string): string[] {
  const lines: string[] = []
  for (const line of sql.split(/\r?\n/)) {
    if (!line.startsWith('--')) return lines
    lines.push(line.slice(2).trimEnd())
  }
  return lines
}
