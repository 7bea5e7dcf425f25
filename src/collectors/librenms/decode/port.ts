import type { LibrenmsPort } from '../../../events/event-types.ts'
import type { Row } from '../client/api.ts'
import { type DecodeContext, type Decoded, instanceOf } from './context.ts'
import { flag, integer, quantity, text } from './values.ts'

/** A row of `/ports` or `/devices/:id/ports`. What moves with every poll (counters, rates) goes to device_metrics, not here. */
export function decodePort(row: Row, context: DecodeContext): Decoded<LibrenmsPort> {
  const id = integer(row.port_id)
  const device = integer(row.device_id)
  if (id === undefined) return 'a port has no port_id'
  if (device === undefined) return `port ${id} has no device_id`
  const index = integer(row.ifIndex)
  // Some agents leave a port without a name: it still has its number.
  const name = text(row.ifName) || text(row.ifDescr) || (index === undefined ? `port ${id}` : `ifIndex ${index}`)
  const disabled = flag(row.disabled)
  const ignored = flag(row.ignore)
  return {
    device_id: device,
    port_id: id,
    ...instanceOf(context),
    if_name: name,
    ...(index !== undefined && { if_index: index }),
    if_descr: text(row.ifDescr),
    if_alias: text(row.ifAlias),
    if_type: text(row.ifType),
    if_oper_status: text(row.ifOperStatus),
    if_admin_status: text(row.ifAdminStatus),
    if_speed_bps: quantity(row.ifSpeed),
    if_vlan: text(row.ifVlan),
    ...(disabled !== undefined && { disabled }),
    ...(ignored !== undefined && { ignored }),
  }
}
