import type { LibrenmsCommand } from '../../../../events/index.ts'
import type { Row } from '../../client/api.ts'
import { type Action, Refusal } from '../action.ts'
import { Arguments } from '../arguments.ts'
import { deviceOf } from '../rows.ts'
import { sameValue } from '../same-value.ts'

type Kind = 'flag' | 'id' | 'text'

/** Columns of a device that the API really writes, and that the next poll or discovery leaves alone. */
const FLAGS: Readonly<Record<string, Kind>> = {
  ignore: 'flag',
  disabled: 'flag',
  disable_notify: 'flag',
  ignore_status: 'flag',
  override_sysLocation: 'flag',
  location_id: 'id',
  overwrite_ip: 'text',
  display_template: 'text',
  poller_group: 'id',
}

const MOST = 2 ** 31 - 1

/** Flags and a few other settings of a device, from a list: anything else is ignored by LibreNMS with a 200, or undone by the next poll. */
export const setFlags: Action<Row> = fieldsAction(FLAGS, (wanted) => {
  if (Object.keys(wanted).length === 0) throw new Refusal(`set_flags: name what to set, of ${Object.keys(FLAGS).join(', ')}`)
  if ('location_id' in wanted && wanted.override_sysLocation !== 1)
    throw new Refusal('set_flags: location_id needs override_sysLocation true with it: otherwise the next poll puts the location back')
})

/** What a device is for, in words. */
export const setPurpose: Action<Row> = fieldsAction({ purpose: 'text' }, (wanted) => {
  if (!('purpose' in wanted)) throw new Refusal('set_purpose: purpose is missing')
})

function fieldsAction(columns: Readonly<Record<string, Kind>>, check: (wanted: Record<string, unknown>) => void): Action<Row> {
  const names = Object.keys(columns)
  const wantedOf = (command: LibrenmsCommand): Record<string, number | string> => {
    const args = new Arguments(command, names)
    const wanted = Object.fromEntries(
      names.filter((name) => args.has(name)).map((name) => [name, read(args, name, columns[name] ?? 'text')]),
    )
    check(wanted)
    return wanted
  }
  const differing = (row: Row, wanted: Record<string, unknown>) => Object.keys(wanted).filter((name) => !sameValue(row[name], wanted[name]))
  return {
    read: deviceOf,
    fields: (row) => Object.fromEntries(names.filter((name) => name in row).map((name) => [name, row[name]])),
    plan(row, command) {
      const wanted = wantedOf(command)
      const missing = Object.keys(wanted).find((name) => !(name in row))
      if (missing !== undefined) throw new Refusal(`this version of LibreNMS has no ${missing}`)
      const fields = differing(row, wanted)
      if (fields.length === 0) return { kind: 'no_op', detail: 'it is so already' }
      const data = fields.map((name) => wanted[name])
      return {
        kind: 'write',
        detail: fields.map((name) => `${name} = ${String(wanted[name])}`).join(', '),
        target: fields.join(','),
        value: data,
        write: (api) => api.call('PATCH', `/devices/${command.device_id}`, { field: fields, data }, { idempotent: true }),
      }
    },
    holds: (row, command) => differing(row, wantedOf(command)).length === 0,
  }
}

function read(args: Arguments, name: string, kind: Kind): number | string {
  if (kind === 'flag') return args.flag(name) ? 1 : 0
  return kind === 'id' ? args.integer(name, [0, MOST]) : args.text(name, '')
}
