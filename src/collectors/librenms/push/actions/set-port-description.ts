import type { LibrenmsCommand } from '../../../../events/index.ts'
import type { Row } from '../../client/api.ts'
import { type Action, type PushApi, Refusal } from '../action.ts'
import { Arguments } from '../arguments.ts'
import { deviceOf, isObject, memberOf } from '../rows.ts'
import { sameValue } from '../same-value.ts'

/** The description of a port. It stays whatever the device says from then on, so that it has to be allowed by name. */
export const setPortDescription: Action<Row> = {
  async read(api, command) {
    await deviceOf(api, command)
    return await portOf(api, command)
  },
  fields: (row) => ({ ifAlias: row.ifAlias ?? '', ifName: row.ifName ?? '' }),
  plan(row, command) {
    const description = descriptionOf(command)
    if (sameValue(row.ifAlias, description)) return { kind: 'no_op', detail: 'it says so already' }
    return {
      kind: 'write',
      detail: `port ${row.ifName}: ${description.slice(0, 200)}`,
      target: `port ${command.port_id}`,
      value: description,
      write: (api) => api.call('PATCH', `/ports/${command.port_id}/description`, { description }, { idempotent: true }),
    }
  },
  holds: (row, command) => sameValue(row.ifAlias, descriptionOf(command)),
}

/** Through its device: `GET /ports/:id` fails in some versions, and says nothing of an id that is another's. */
async function portOf(api: PushApi, { device_id: device, port_id: port }: LibrenmsCommand): Promise<Row> {
  if (port === undefined) throw new Refusal('set_port_description: port_id is missing')
  const answer = await api.call('GET', `/devices/${device}/ports?columns=port_id,ifName,ifAlias`)
  const ports = answer.status === 404 ? [] : memberOf(answer, 'ports', 'the ports of the device')
  const row = Array.isArray(ports) ? ports.find((candidate) => isObject(candidate) && Number(candidate.port_id) === port) : undefined
  if (!isObject(row)) throw new Refusal(`device ${device} has no port ${port}`)
  return row
}

/** Empty would give the port back to the device, which shows only at the next poll: nothing to verify. */
function descriptionOf(command: LibrenmsCommand): string {
  const description = new Arguments(command, ['description']).text('description').trim()
  if (description.length > 255) throw new Refusal('set_port_description: at most 255 characters')
  return description
}
