import type { LibrenmsCommand } from '../../../../events/index.ts'
import type { Row } from '../../client/api.ts'
import { type Action, type PushApi, Refusal } from '../action.ts'
import { Arguments } from '../arguments.ts'

/** States of an alert: 0 recovered, 1 active, 2 acknowledged, 3 worse, 4 better, 5 changed. */
const RECOVERED = 0
const ACKNOWLEDGED = 2

/** Whoever handles it says so. LibreNMS answers 200 also where there was nothing to acknowledge. */
export const acknowledge: Action<Row> = {
  read: alertOf,
  fields,
  plan(row, command) {
    const args = new Arguments(command, ['note', 'until_clear'])
    const note = args.text('note', command.reason ?? 'shitops')
    const untilClear = args.flag('until_clear', true)
    if (stateOf(row) === ACKNOWLEDGED) return { kind: 'no_op', detail: `alert ${row.id} is acknowledged already` }
    if (stateOf(row) === RECOVERED) return { kind: 'no_op', detail: `alert ${row.id} has recovered` }
    return {
      kind: 'write',
      detail: `alert ${row.id} is acknowledged ${untilClear ? 'until it clears' : 'until it changes'}: ${note.slice(0, 200)}`,
      target: `alert ${row.id}`,
      value: ACKNOWLEDGED,
      write: (api) => api.call('PUT', `/alerts/${row.id}`, { note, until_clear: untilClear }),
    }
  },
  holds: (row) => stateOf(row) === ACKNOWLEDGED,
}

/** Takes an acknowledgement back. */
export const unmute: Action<Row> = {
  read: alertOf,
  fields,
  plan(row, command) {
    const note = new Arguments(command, ['note']).text('note', command.reason ?? 'shitops')
    if (stateOf(row) !== ACKNOWLEDGED) return { kind: 'no_op', detail: `alert ${row.id} is not acknowledged` }
    return {
      kind: 'write',
      detail: `alert ${row.id} is no longer acknowledged`,
      target: `alert ${row.id}`,
      value: 'unmute',
      write: (api) => api.call('PUT', `/alerts/unmute/${row.id}`, { note }),
    }
  },
  holds: (row) => stateOf(row) !== ACKNOWLEDGED,
}

async function alertOf(api: PushApi, { alert_id: id, device_id: device, action }: LibrenmsCommand): Promise<Row> {
  if (id === undefined) throw new Refusal(`${action}: alert_id is missing`)
  const row = await api.alert(id)
  if (!row) throw new Refusal(`there is no alert ${id}`)
  // An id stands for a pair of device and rule; LibreNMS itself does not look whose it is.
  if (Number(row.device_id) !== device) throw new Refusal(`alert ${id} is about device ${row.device_id}, not ${device}`)
  return row
}

function fields(row: Row) {
  return { state: stateOf(row), rule_id: Number(row.rule_id), device_id: Number(row.device_id) }
}

const stateOf = ({ state }: Row) => Number(state)
