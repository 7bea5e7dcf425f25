import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { isNotAllowed, messageOf, ShitopsError } from '../../base/errors.ts'
import { nearest } from '../../base/nearest.ts'
import type { ObservedCluster } from '../../bus/admin.ts'
import { type DesiredTopics, designedTopics } from '../../bus/topics/desired.ts'

const DEFAULT_FILE = 'topics.yaml'

export interface DesiredSource {
  desired: DesiredTopics
  /** A file, or null: the topics of the design. */
  file: string | null
}

/**
 * The topics that ought to be, from the file that is named, or topics.yaml in this folder, or from the design.
 * @throws SHITOPS_E_TOPICS_FILE, SHITOPS_E_FILE, SHITOPS_E_NOT_ALLOWED, SHITOPS_E_USAGE
 */
export async function loadDesired(
  { file, topics = [] }: { file?: string | undefined; topics?: readonly string[] | undefined },
  observed: ObservedCluster,
): Promise<DesiredSource> {
  const path = file ?? (existsSync(DEFAULT_FILE) ? DEFAULT_FILE : null)
  const desired = path === null ? designedTopics(aliveBrokers(observed)) : await read(path)
  if (desired.cluster !== null && desired.cluster !== observed.id) {
    throw new ShitopsError('SHITOPS_E_TOPICS_FILE', `${path} is for cluster ${desired.cluster}, but this is ${observed.id}`, {
      suggestions: ['--bus URL of the right one', `cluster: ${observed.id} in the file`],
    })
  }
  return { desired: chosen(desired, topics), file: path }
}

/** None on the embedded bus; a cluster that answers has one. */
const aliveBrokers = ({ brokers }: ObservedCluster) =>
  brokers.length === 0 ? 0 : Math.max(1, brokers.filter(({ fenced }) => !fenced).length)

async function read(path: string): Promise<DesiredTopics> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    throw new ShitopsError(
      isNotAllowed(error) ? 'SHITOPS_E_NOT_ALLOWED' : 'SHITOPS_E_FILE',
      `${path} cannot be read: ${messageOf(error)}`,
      {
        suggestions: [`shitops topic export > ${path}`],
        cause: error,
      },
    )
  }
  const { parseTopicsFile } = await import('../../config/topics-file.ts')
  return parseTopicsFile(text, path)
}

function chosen(desired: DesiredTopics, names: readonly string[]): DesiredTopics {
  if (names.length === 0) return desired
  const known = desired.topics.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return { ...desired, topics: desired.topics.filter(({ name }) => names.includes(name)) }
  const like = nearest(unknown, known)
  throw new ShitopsError('SHITOPS_E_USAGE', `there is no topic ${unknown} in the file`, {
    suggestions: like ? [`did you mean ${like}?`] : ['shitops topic export'],
  })
}
