import { hasCode, ShitopsError } from '../../../base/errors.ts'
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
  if (request.mustExist) await checkThere(bus, token)
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

/** Before it is taken over: that leaves an empty group on Kafka, which would be listed as a token. */
async function checkThere(bus: Bus, token: string): Promise<void> {
  if ((await tokensOf(bus)).includes(token)) return
  // One that is hidden from us is not listed either; asked for by name it is refused.
  await bus.describeGroup(groupOf(token)).catch(async (error: unknown) => {
    throw hasCode(error, 'SHITOPS_E_GROUP_UNKNOWN') ? await unknownToken(bus, token) : error
  })
}

async function tokensOf(bus: Bus): Promise<string[]> {
  const prefix = groupOf('')
  const groups = (await bus.listGroups()).map(({ group }) => group)
  return groups.filter((group) => group.startsWith(prefix)).map((group) => group.slice(prefix.length))
}

async function unknownToken(bus: Bus, token: string): Promise<ShitopsError> {
  const others = (await tokensOf(bus)).filter((other) => other !== token)
  const guess = nearest(token, others)
  return new ShitopsError('SHITOPS_E_RESUME', `no replay to this destination has the token ${token}`, {
    suggestions: guess !== undefined ? [`--resume ${guess}`] : ['shitops group list: tokens are the groups named replay.TOKEN'],
  })
}
