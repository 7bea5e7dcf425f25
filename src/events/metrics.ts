/**
 * The normalised metrics of `device_metrics` and their units. A mapping (a vendor's, a user's) may add others; a metric of this list always
 * has this unit, whichever source it comes from. Ratios are 0 to 1, never percent.
 */
export const METRICS = {
  cpu_load: { unit: 'ratio', about: 'processor in use, over all cores or of the one in `instance`' },
  memory_used: { unit: 'ratio', about: 'memory in use' },
  if_in_bps: { unit: 'bit/s', about: 'received by the interface in `instance`' },
  if_out_bps: { unit: 'bit/s', about: 'sent by the interface in `instance`' },
  if_speed: { unit: 'bit/s', about: 'speed of the interface in `instance`' },
  if_utilisation: { unit: 'ratio', about: 'the busier direction over the speed of the interface in `instance`' },
  packet_loss: { unit: 'ratio', about: 'errors and discards over packets of an interface, or the loss a probe measured' },
  latency: { unit: 's', about: 'round trip that a probe in `instance` measured' },
  if_oper_status: { unit: 'state', about: '1 up, 0 anything else, of the interface in `instance`' },
  uptime: { unit: 's', about: 'time since the device booted' },
  reboot: { unit: 'event', about: '1 when a device is seen to have booted again; its `uptime` tells when that was' },
  temperature: { unit: 'Cel', about: 'sensor in `instance`' },
  battery: { unit: 'ratio', about: 'charge of a laptop or wearable' },
  steps: { unit: 'count', about: 'steps of a wearable today' },
} as const satisfies Record<string, { unit: string; about: string }>

export type Metric = keyof typeof METRICS
