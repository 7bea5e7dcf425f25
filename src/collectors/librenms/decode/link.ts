import type { LibrenmsLink } from '../../../events/event-types.ts'
import type { Row } from '../client/api.ts'
import { type DecodeContext, type Decoded, instanceOf } from './context.ts'
import { flag, integer, text } from './values.ts'

/** A row of `/resources/links`. */
export function decodeLink(row: Row, context: DecodeContext): Decoded<LibrenmsLink> {
  const id = integer(row.id)
  const device = integer(row.local_device_id)
  if (id === undefined || device === undefined) return 'a link has no id or no local_device_id'
  const active = flag(row.active)
  return {
    device_id: device,
    link_id: id,
    ...instanceOf(context),
    port_id: idOrNull(row.local_port_id),
    remote_device_id: idOrNull(row.remote_device_id),
    remote_port_id: idOrNull(row.remote_port_id),
    remote_hostname: text(row.remote_hostname),
    remote_port: text(row.remote_port),
    remote_platform: text(row.remote_platform),
    protocol: text(row.protocol),
    ...(active !== undefined && { active }),
  }
}

/** 0 is how LibreNMS says that it does not know. */
const idOrNull = (value: unknown): number | null => integer(value) || null
