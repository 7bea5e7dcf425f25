import type { Row, Value } from '../json.ts'
import { PORT } from '../models/columns.ts'
import { columnOf, type Port } from '../world/device.ts'

export const PORT_COLUMNS: readonly string[] = Object.keys(PORT)

const STATISTIC = /^(if(?:In|Out)(?:UcastPkts|Errors|Octets))(_prev|_delta|_rate)?$/
/** s between two polls when there was only one */
const PERIOD = 300

/** A column of a port as it is now: what does not stand in its model comes from how often and when it was polled. */
export function portValue(port: Port, column: string): Value {
  switch (column) {
    case 'port_id':
      return port.id
    case 'device_id':
      return port.device.id
    case 'poll_time':
      return seconds(port.device.polledAt)
    case 'poll_prev':
      return seconds(port.device.polledBefore)
    case 'poll_period':
      return port.device.polledAt === undefined ? null : period(port)
  }
  const statistic = port.changes && column in port.changes ? undefined : STATISTICS.get(column)
  return statistic ? counter(port, statistic.name, statistic.kind) : columnOf(port, column)
}

/** All columns, or those asked for in their order. */
export function portRow(port: Port, columns: readonly string[] = PORT_COLUMNS): Row {
  const row: Row = {}
  for (const column of columns) row[column] = portValue(port, column)
  return row
}

const STATISTICS = new Map(
  PORT_COLUMNS.flatMap((column) => {
    const [, name, kind] = STATISTIC.exec(column) ?? []
    return name === undefined ? [] : [[column, { name, kind: kind ?? '' }] as const]
  }),
)

function counter(port: Port, name: string, kind: string): Value {
  const step = stepOf(port, name)
  const running = port.downAt < 0 && port.device.polls > 0
  if (kind === '_delta') return running ? step : 0
  if (kind === '_rate') return running ? Math.floor(step / period(port)) : 0
  const { device } = port
  const idle = port.idle + (port.downAt < 0 ? 0 : device.polls - port.downAt)
  const polls = device.polls - device.pollsAtBoot - idle - (kind === '_prev' && running ? 1 : 0)
  const from = device.pollsAtBoot > 0 ? 0n : BigInt((port.template[name] as number | bigint | null) ?? 0)
  return BigInt.asUintN(64, from + BigInt(step) * BigInt(Math.max(polls, 0)))
}

/** What a counter gains in a poll: by port, so that no two are alike. */
function stepOf(port: Port, name: string): number {
  if (name.endsWith('Errors')) return 0
  const packets = 200 + ((port.id * 7919) % 5_000)
  return name.endsWith('Pkts') ? packets : packets * 700
}

function period({ device }: Port): number {
  const { polledAt, polledBefore } = device
  if (polledAt === undefined || polledBefore === undefined) return PERIOD
  return Math.max(1, Math.floor(polledAt / 1000) - Math.floor(polledBefore / 1000))
}

function seconds(instant: number | undefined): number | null {
  return instant === undefined ? null : Math.floor(instant / 1000)
}
