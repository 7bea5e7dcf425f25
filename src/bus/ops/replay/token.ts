import { ShitopsError } from '../../../base/errors.ts'
import { nearest } from '../../../base/nearest.ts'
import type { Bus, PartitionRange } from '../../bus.ts'
import { decodeState, encodeState, groupOf, newState, type ReplayState } from './state.ts'

export interface TokenRequest {
  token: string
  /** The token must be there already. */
  mustExist: boolean
  fingerprint: string
  /** Where the state lies: a topic of the bus. */
  anchor: { topic: string; partitions: number }
  /** The range of a replay that begins now. */
  begin(): Promise<readonly PartitionRange[]>
}

/**
 * Take hold of a token on the target bus, and of where its replay stands; a new one begins. From here on an older process with the same
 * token can write no more. Rejects with SHITOPS_E_RESUME when it is not there, or belongs to a replay of something else.
 */
export async function takeToken(bus: Bus, request: TokenRequest): Promise<{ state: ReplayState; resumed: boolean }> {
  const { token, anchor, fingerprint } = request
  const id = groupOf(token)
  const { commits } = await bus.takeOver(id, { group: { name: id, anchor: anchor.topic } })
  const found = decodeState(commits.filter(({ topic }) => topic === anchor.topic))
  if (found) {
    if (found.fingerprint === fingerprint) return { state: found, resumed: true }
    throw new ShitopsError(
      'SHITOPS_E_RESUME',
      `the token ${token} belongs to a replay with other options (source, destination, selection, headers or retime)`,
      {
        suggestions: [
          'give the options of the first run (--from, --to, --speed and --rate may differ)',
          'leave --resume and --token out to begin a new one',
        ],
      },
    )
  }
  if (request.mustExist) throw await unknownToken(bus, token)
  const state = newState(fingerprint, await request.begin())
  await bus.transact({ id, appends: [], offsets: { group: id, commits: encodeState(state, anchor) } })
  return { state, resumed: false }
}

async function unknownToken(bus: Bus, token: string): Promise<ShitopsError> {
  const prefix = groupOf('')
  const tokens = (await bus.listGroups()).map(({ group }) => group).filter((group) => group.startsWith(prefix))
  const guess = nearest(
    token,
    tokens.map((group) => group.slice(prefix.length)),
  )
  return new ShitopsError('SHITOPS_E_RESUME', `no replay to this destination has the token ${token}`, {
    suggestions:
      guess !== undefined && guess !== token ? [`--resume ${guess}`] : ['shitops group list: tokens are the groups named replay.TOKEN'],
  })
}
