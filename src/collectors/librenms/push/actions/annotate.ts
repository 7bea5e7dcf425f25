import { createHash } from 'node:crypto'
import type { LibrenmsCommand } from '../../../../events/index.ts'
import type { Row } from '../../client/api.ts'
import { type Action, Refusal } from '../action.ts'
import { Arguments } from '../arguments.ts'
import { deviceOf, isObject, memberOf } from '../rows.ts'

/** Type of every event that is ours: by it they are known when the event log is read. */
export const OWN_EVENT_TYPE = 'shitops'

/** Newest events of the device among which ours must be, as it was written just now or before a restart. */
const LOOKED_AT = 100

interface Now {
  /** Our event of this command, if it is there. */
  written: Row | undefined
}

/** An event in the device's event log. Append-only, and a token that may only read can do it. */
export const annotate: Action<Now> = {
  async read(api, command) {
    // With a device that is not there LibreNMS drops the filter and shows everybody's log.
    await deviceOf(api, command)
    const answer = await api.call('GET', `/logs/eventlog/${command.device_id}?limit=${LOOKED_AT}&sortorder=DESC`)
    const rows = memberOf(answer, 'logs', 'its event log')
    const ours = (row: unknown): row is Row =>
      isObject(row) && Number(row.device_id) === command.device_id && row.type === OWN_EVENT_TYPE && row.reference === referenceOf(command)
    return { written: Array.isArray(rows) ? rows.find(ours) : undefined }
  },

  fields: ({ written }) => ({ event_id: written ? Number(written.event_id) : null }),

  plan({ written }, command) {
    const args = new Arguments(command, ['text', 'severity'])
    const text = args.has('text') ? args.text('text') : command.reason
    if (text === undefined) throw new Refusal('annotate: there is neither a text nor a reason')
    const severity = args.integer('severity', [0, 5], 2)
    if (written) return { kind: 'no_op', detail: `its event ${written.event_id} is there` }
    return {
      kind: 'write',
      detail: `event: ${text.slice(0, 200)}`,
      target: 'event',
      value: text,
      write: (api) =>
        api.call('POST', `/devices/${command.device_id}/eventlog`, {
          text,
          type: OWN_EVENT_TYPE,
          severity,
          reference: referenceOf(command),
        }),
    }
  },

  holds: ({ written }) => written !== undefined,
}

/** LibreNMS's column holds 64 characters. */
function referenceOf({ command_id: id }: LibrenmsCommand): string {
  return id.length <= 64 ? id : createHash('sha256').update(id).digest('hex')
}
