/** What the rules want to know of a device of LibreNMS. */
export interface Device {
  /** LibreNMS's id, unique within the instance. */
  id: number
  /** Which LibreNMS; '' where there is one. */
  instance: string
  /** Name or address that LibreNMS polls. */
  hostname: string
  up: boolean
  disabled: boolean
  sysName?: string
  ip?: string
  os?: string
  type?: string
  site?: string
}

/** A device from the value of a `librenms_devices` record; a text says why it is none. */
export function deviceFrom(value: Buffer): Device | string {
  let row: unknown
  try {
    row = JSON.parse(value.toString())
  } catch {
    return 'is not JSON'
  }
  if (typeof row !== 'object' || row === null) return 'is not an object'
  const { device_id: id, instance, hostname, up, disabled, sys_name, ip, os, device_type, site } = row as Record<string, unknown>
  if (typeof id !== 'number') return 'has no device_id'
  const host = textOf(hostname)
  if (host === undefined) return 'has no hostname'
  const optional = { sysName: textOf(sys_name), ip: textOf(ip), os: textOf(os), type: textOf(device_type), site: textOf(site) }
  return {
    ...{ id, instance: textOf(instance) ?? '', hostname: host, up: up === true, disabled: disabled === true },
    ...Object.fromEntries(Object.entries(optional).filter(([, text]) => text !== undefined)),
  }
}

/** Text without control characters around or in it: it becomes the key of records and stands in logs. */
function textOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  return value.replace(/\p{Cc}+/gu, ' ').trim() || undefined
}
