import { createHash } from 'node:crypto'
import { ShitopsError } from '../../../base/errors.ts'
import type { OffsetCommit, PartitionRange } from '../../bus.ts'

/** How far a replay has come: what its token stands for. It lies in the offset metadata of a group of the token's name, on the target bus. */
export interface ReplayState {
  /** {@link fingerprintOf} what is replayed, so that a token is not used for something else. */
  fingerprint: string
  written: number
  bytes: number
  /** ms added to every record's time (`--retime shift`); null before the first record, and without. */
  shift: number | null
  /** Per source partition: the next offset, and where the range ends. */
  positions: Map<number, { next: number; to: number }>
}

const MAGIC = 'shitops-replay/1'
/** Kafka takes 4,096 bytes of metadata; a position is at most 40. */
const POSITIONS_PER_COMMIT = 80

/** The group, and the writer's name, of a token. */
export const groupOf = (token: string) => `replay.${token}`

/** True for the metadata of a replay's group: its offsets are not a consumer's. */
export const isReplayMetadata = (metadata: string) => metadata.startsWith(`${MAGIC} `)

/** A short name for everything that makes two replays the same one. */
export function fingerprintOf(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}

export function newState(fingerprint: string, partitions: readonly PartitionRange[]): ReplayState {
  const positions = new Map(partitions.map(({ partition, from, to = from }) => [partition, { next: from, to }]))
  return { fingerprint, written: 0, bytes: 0, shift: null, positions }
}

/** What is left of the range. */
export function remaining({ positions }: ReplayState): PartitionRange[] {
  return [...positions].map(([partition, { next, to }]) => ({ partition, from: next, to })).filter(({ from, to }) => from < to)
}

/**
 * The state as commits on the partitions of a topic of the target bus, for one transaction with the records.
 * @param anchor the topic, and how many partitions it has
 */
export function encodeState(state: ReplayState, anchor: { topic: string; partitions: number }): OffsetCommit[] {
  const head = [MAGIC, state.fingerprint, state.written, state.bytes, state.shift ?? '-'].join(' ')
  const positions = [...state.positions].map(([partition, { next, to }]) => `${partition}:${next}:${to}`)
  const commits: OffsetCommit[] = []
  for (let i = 0; i === 0 || i < positions.length; i += POSITIONS_PER_COMMIT) {
    const metadata = [head, ...positions.slice(i, i + POSITIONS_PER_COMMIT)].join(' ')
    commits.push({ topic: anchor.topic, partition: commits.length, offset: state.written, metadata })
  }
  if (commits.length <= anchor.partitions) return commits
  throw new ShitopsError(
    'SHITOPS_E_BUS_UNSUPPORTED',
    `${positions.length} partitions at once are too many to keep account of in ${anchor.topic}, which has ${anchor.partitions}`,
    { suggestions: [`--partition 0 --partition 1 … (at most ${anchor.partitions * POSITIONS_PER_COMMIT} a run)`] },
  )
}

/** The state that the commits of a token's group hold; undefined when there is none. */
export function decodeState(commits: readonly OffsetCommit[]): ReplayState | undefined {
  let state: ReplayState | undefined
  for (const { metadata = '' } of [...commits].sort((a, b) => a.partition - b.partition)) {
    if (!isReplayMetadata(metadata)) continue
    const [, fingerprint = '', written, bytes, shift, ...positions] = metadata.split(' ')
    state ??= {
      fingerprint,
      written: Number(written),
      bytes: Number(bytes),
      shift: shift === '-' ? null : Number(shift),
      positions: new Map(),
    }
    for (const position of positions) {
      const [partition = 0, next = 0, to = 0] = position.split(':').map(Number)
      state.positions.set(partition, { next, to })
    }
  }
  return state
}
