import { ShitopsError } from '../../base/errors.ts'
import { report } from '../../mining/discover/report.ts'
import { MAP_DEFAULTS } from '../../mining/map/process-map.ts'
import type { Feed } from '../feed/feed.ts'
import type { ApiRoute } from './context.ts'

/** A map is drawn anew so often at most, ms: laying it out costs more than sending it. */
const DRAWN_FOR = 5_000
const drawn = new WeakMap<Feed, { at: number; svg: string | null }>()

/** How the finance workflow goes. */
export const WORKFLOW_ROUTES: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/api/v1/workflow/map',
    id: 'workflowMap',
    summary: 'The map of the workflow as a picture (SVG), of the newest events; null before there are any.',
    needs: 'channel',
    answer: { type: 'object', required: ['svg'], additionalProperties: false, properties: { svg: { type: ['string', 'null'] } } },
    run: async ({ grant }, { feed, clock }) => {
      if (!grant.channels.includes('finance')) throw new ShitopsError('SHITOPS_E_SERVE_FORBIDDEN', 'the workflow is on the channel finance')
      const known = drawn.get(feed)
      if (known && clock.now() - known.at < DRAWN_FOR) return { svg: known.svg }
      const svg = await draw(feed)
      drawn.set(feed, { at: clock.now(), svg })
      return { svg }
    },
  },
]

/** Loads dagre. */
async function draw({ miner }: Feed): Promise<string | null> {
  const model = report(miner)
  if (model.flows.length === 0) return null
  const [{ mapOf }, { toSvg }] = await Promise.all([import('../../mining/map/process-map.ts'), import('../../mining/map/svg.ts')])
  return toSvg(mapOf(model, MAP_DEFAULTS), { title: 'How the work flows' })
}
