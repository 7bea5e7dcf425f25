import type { Row } from '../json.ts'
import type { Model } from '../models/model.ts'

/** A row of a device's, mostly that of its model: worlds of 400,000 ports fit in memory. */
export interface Part {
  id: number
  device: Device
  template: Row
  /** Columns that differ from the template. */
  changes: Row | undefined
}

export interface Port extends Part {
  /** Polls since the device booted that found the port down: its counters stood still. */
  idle: number
  /** {@link Device.polls} when it went down; -1 while it is up. */
  downAt: number
}

export interface Device {
  id: number
  /** All columns of the table; times in ms since the epoch. */
  row: Row
  model: Model
  ports: Port[]
  sensors: Part[]
  inventory: Part[]
  links: Part[]
  processors: Part[]
  mempools: Part[]
  storage: Part[]
  wireless: Part[]
  /** Polls that reached it, and those before it last booted. */
  polls: number
  pollsAtBoot: number
  /** ms since the epoch */
  bootedAt: number
  polledAt: number | undefined
  polledBefore: number | undefined
  /** s since the epoch; up_again null while it is down */
  outages: { going_down: number; up_again: number | null }[]
  parents: number[]
  /** By port_id. */
  portNotes: Map<number, string>
}

/** One column of a part as it is now; counters and times of ports have their own (port-row.ts). */
export function columnOf(part: Part, column: string) {
  return part.changes?.[column] ?? (part.changes && column in part.changes ? null : (part.template[column] ?? null))
}

export function change(part: Part, changes: Row): void {
  part.changes = { ...part.changes, ...changes }
}
