import { resolve } from 'node:path'
import { ShitopsError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'

/** What an `embedded:` URL says. */
export interface EmbeddedUrl {
  directory: string
  /** retention.ms, retention.bytes and the like: defaults for topics that do not set them. */
  topicDefaults: Record<string, string>
  /** Appends are refused beyond this many stored bytes; Infinity when not set. */
  maxBytes: number
}

const TOPIC_OPTIONS = ['cleanup.policy', 'retention.ms', 'retention.bytes', 'delete.retention.ms', 'min.cleanable.dirty.ratio']
const OPTIONS = [...TOPIC_OPTIONS, 'max.bytes']

/** Read `embedded:DIR?option=value&…` (docs/bus-embedded.md). Rejects with SHITOPS_E_BUS_URL. */
export function parseEmbeddedUrl(url: string): EmbeddedUrl {
  const rest = url.slice('embedded:'.length)
  const mark = rest.indexOf('?')
  const directory = mark < 0 ? rest : rest.slice(0, mark)
  if (directory === '') throw wrong(url, 'names no directory', ['--bus embedded:./data'])
  const parsed: EmbeddedUrl = { directory: resolve(directory), topicDefaults: {}, maxBytes: Number.POSITIVE_INFINITY }
  for (const [name, value] of new URLSearchParams(mark < 0 ? '' : rest.slice(mark + 1))) {
    if (name === 'max.bytes') parsed.maxBytes = positive(url, name, value)
    else if (TOPIC_OPTIONS.includes(name)) parsed.topicDefaults[name] = value
    else {
      const like = nearest(name, OPTIONS)
      throw wrong(url, `has the unknown option "${name}"`, [like ? `did you mean ${like}?` : `options: ${OPTIONS.join(', ')}`])
    }
  }
  return parsed
}

function positive(url: string, name: string, value: string): number {
  const number = Number(value)
  if (!Number.isSafeInteger(number) || number <= 0)
    throw wrong(url, `has ${name}=${value}, which is not a number of bytes`, [`${name}=1000000000`])
  return number
}

function wrong(url: string, what: string, suggestions: string[]): ShitopsError {
  return new ShitopsError('SHITOPS_E_BUS_URL', `the bus URL "${url}" ${what}`, { suggestions })
}
