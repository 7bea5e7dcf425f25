import type { PathMessage } from '../../path/path.ts'
import { Refusal } from '../refusal.ts'
import type { GetRequest } from '../request/messages.ts'
import { readEncoding } from '../request/read-encoding.ts'
import { readPath } from '../request/read-path.ts'
import type { Sampler } from '../sampler.ts'
import { nanoseconds } from '../subscribe/outbox.ts'
import { jsonSubtree } from '../tree/json-subtree.ts'
import type { Leaf, Origin } from '../tree/leaf.ts'
import type { Pattern } from '../tree/pattern.ts'
import { type AgentEncoding, type TypedValue, typedJson, typedValue } from '../tree/typed-value.ts'

interface GetNotification {
  timestamp: string
  prefix: { origin: Origin; target?: string }
  update: Array<{ path: PathMessage; val: TypedValue }>
}

const MOST_PATHS = 256

/**
 * One notification for each path: its leaves in PROTO; in JSON and JSON_IETF the value of each node that the path stands for.
 * @throws Refusal; NOT_FOUND when this machine has nothing at a path
 */
export async function get(request: GetRequest, sampler: Sampler): Promise<{ notification: GetNotification[] }> {
  const { prefix, path = [], type } = request
  const encoding = readEncoding(request.encoding)
  if (path.length > MOST_PATHS) throw new Refusal('RESOURCE_EXHAUSTED', `${path.length} paths in one Get; ${MOST_PATHS} are the most`)
  const patterns = (path.length > 0 ? path : [undefined]).map((one) => readPath(prefix, one))
  await sampler.refresh(
    patterns.flatMap((pattern) => sampler.behind(pattern)),
    { whole: true },
  )
  const target = prefix?.target
  return {
    notification: patterns.map((pattern) => {
      const { leaves, time } = found(pattern, sampler)
      // There is no configuration here, only state.
      const update = type === 'CONFIG' ? [] : updates(leaves, pattern, encoding)
      return { timestamp: nanoseconds(time), prefix: { origin: pattern.origin, ...(target && { target }) }, update }
    }),
  }
}

/** @returns time of the newest reading in it */
function found(pattern: Pattern, sampler: Sampler): { leaves: Leaf[]; time: number } {
  const leaves: Leaf[] = []
  let time = 0
  for (const { reading } of sampler.behind(pattern)) {
    const own = reading?.leaves.filter(({ path }) => pattern.matches(path)) ?? []
    if (own.length > 0) time = Math.max(time, reading?.time ?? 0)
    leaves.push(...own)
  }
  if (leaves.length > 0) return { leaves, time }
  throw new Refusal('NOT_FOUND', `this machine has nothing at ${pattern.text}`)
}

function updates(leaves: readonly Leaf[], pattern: Pattern, encoding: AgentEncoding): GetNotification['update'] {
  if (encoding === 'PROTO') return leaves.map(({ path, value }) => ({ path: path.message, val: typedValue(value, encoding) }))
  const nodes = new Map<string, { leaves: Leaf[]; path: PathMessage; depth: number }>()
  for (const leaf of leaves) {
    const depth = pattern.depth(leaf.path) ?? 0
    const path = { elem: leaf.path.message.elem.slice(0, depth) }
    const id = JSON.stringify(path)
    const node = nodes.get(id) ?? { leaves: [] as Leaf[], path, depth }
    nodes.set(id, node)
    node.leaves.push(leaf)
  }
  return [...nodes.values()].map(({ leaves: own, path, depth }) => ({ path, val: typedJson(jsonSubtree(own, depth, encoding), encoding) }))
}
