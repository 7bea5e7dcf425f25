import { ShitopsError } from '../../base/errors.ts'
import { placedTopics } from '../feed/topics.ts'
import { groupRow, topicRow } from '../watch-bus.ts'
import type { ApiRoute } from './context.ts'

const MOST = 1_000

/** What can be looked at beside alerts. */
export const READ_ROUTES: readonly ApiRoute[] = [
  {
    method: 'GET',
    path: '/api/v1/insights',
    id: 'listInsights',
    summary: 'The newest rows of the insights, newest first.',
    needs: 'channel',
    query: {
      insight: { type: 'string' },
      subject: { type: 'string' },
      limit: { type: 'integer', minimum: 1, maximum: MOST, default: 100 },
    },
    answer: {
      type: 'object',
      required: ['insights'],
      additionalProperties: false,
      properties: { insights: { type: 'array', items: { $ref: '#/components/schemas/insights' } } },
    },
    run: async ({ grant, query: { insight, subject, limit } }, { feed }) => {
      const changes = grant.channels.flatMap((channel) => feed.channels[channel].of('insights'))
      const wanted = changes.filter(({ wire: { value } }) => {
        return (insight === undefined || value?.insight === insight) && (subject === undefined || value?.subject === subject)
      })
      const newest = wanted.sort((a, b) => b.timestamp - a.timestamp).slice(0, Number(limit ?? 100))
      return { insights: newest.map(({ wire }) => wire.value) }
    },
  },
  {
    method: 'GET',
    path: '/api/v1/topics',
    id: 'listTopics',
    summary: 'The topics of the bus; for a token of finance alone those of its channel.',
    needs: 'channel',
    answer: {
      type: 'object',
      required: ['topics'],
      additionalProperties: false,
      properties: { topics: { type: 'array', items: { $ref: '#/components/schemas/topic' } } },
    },
    run: async ({ grant }, { watch, feed }) => {
      const all = grant.channels.includes('operations')
      const seen = placedTopics('finance')
      return { topics: watch.topics.filter(({ topic }) => all || seen.includes(topic)).map((view) => topicRow(view, feed)) }
    },
  },
  {
    method: 'GET',
    path: '/api/v1/groups',
    id: 'listGroups',
    summary: 'Consumer groups and their lag; a lag that is unknown is null, which is not 0.',
    needs: 'operations',
    answer: {
      type: 'object',
      required: ['groups'],
      additionalProperties: false,
      properties: { groups: { type: 'array', items: { $ref: '#/components/schemas/group' } } },
    },
    run: async (_, { watch }) => ({ groups: watch.groups.map(groupRow) }),
  },
  {
    method: 'GET',
    path: '/api/v1/teams',
    id: 'listTeams',
    summary: 'Presence and calls by team; the numbers of a team that is too small are null.',
    needs: 'channel',
    answer: {
      type: 'object',
      required: ['teams'],
      additionalProperties: false,
      properties: { teams: { type: 'array', items: { $ref: '#/components/schemas/team' } } },
    },
    run: async ({ grant }, { feed }) => {
      if (!grant.channels.includes('finance')) throw new ShitopsError('SHITOPS_E_SERVE_FORBIDDEN', 'teams are on the channel finance')
      return { teams: feed.teams.rows() }
    },
  },
]
