/** What is remembered of a device besides its hash. */
export interface DeviceFacts {
  hostname: string
  up: boolean
  /** Ignored or disabled: the list of those that are down does not show it. */
  quiet: boolean
  site: string | undefined
  /** Last complete poll, ms; undefined before the first. */
  polled: number | undefined
  uptime: number | undefined
}

export interface OpenAlert {
  device: number
  rule: number
}

/** The devices and open alerts that the topics show now. */
export class Fleet {
  readonly devices = new Map<number, DeviceFacts>()
  readonly alerts = new Map<number, OpenAlert>()

  device(row: {
    device_id: number
    hostname: string
    up: boolean
    disabled?: boolean | undefined
    ignored?: boolean | undefined
    site?: string | null | undefined
    last_polled?: string | null | undefined
    uptime_s?: number | null | undefined
  }): void {
    this.devices.set(row.device_id, {
      hostname: row.hostname,
      up: row.up,
      quiet: row.disabled === true || row.ignored === true,
      site: row.site ?? undefined,
      polled: row.last_polled ? Date.parse(row.last_polled) : undefined,
      uptime: row.uptime_s ?? undefined,
    })
  }

  alert(row: { alert_id: number; device_id: number; rule_id: number; alert_state: string }): void {
    if (row.alert_state === 'recovered') this.alerts.delete(row.alert_id)
    else this.alerts.set(row.alert_id, { device: row.device_id, rule: row.rule_id })
  }

  forget(device: number): void {
    this.devices.delete(device)
    for (const [id, alert] of this.alerts) if (alert.device === device) this.alerts.delete(id)
  }
}
