import type { LibrenmsDoorbell } from '../../../events/index.ts'

/** A line of the plugin's batch that cannot be used. */
export interface BadRow {
  line: string
  /** What is wrong with it, for people. */
  why: string
}

export interface OutboxRows {
  rings: LibrenmsDoorbell[]
  bad: BadRow[]
}

/** More lines than the plugin ever sends in one batch. */
const MOST_LINES = 20_000

const KINDS = ['eventlog', 'alertlog', 'device', 'port', 'sensor', 'lost'] as const
type Kind = (typeof KINDS)[number]

const CHANGES = ['created', 'updated', 'deleted', 'many'] as const
type Change = (typeof CHANGES)[number]

/**
 * The rows of a batch, one JSON object a line: `{"v":1,"id":…,"kind":…,"device_id":…,"at":…,"data":{…}}` (plugin/librenms/src/Core/Batch.php).
 * What a row says of a state is not taken: it only says where to look.
 */
export function parseOutboxRows(body: string, around: { instance?: string | undefined; batchKey: string; now: number }): OutboxRows {
  const rows: OutboxRows = { rings: [], bad: [] }
  const lines = body.split('\n').filter((line) => line.trim() !== '')
  for (const line of lines.slice(0, MOST_LINES)) {
    const ring = ringOf(line, around)
    if (typeof ring === 'string') rows.bad.push({ line, why: ring })
    else rows.rings.push(ring)
  }
  if (lines.length > MOST_LINES) {
    rows.bad.push({ line: lines[MOST_LINES] ?? '', why: `there are ${lines.length} lines, and no more than ${MOST_LINES} are read` })
    rows.rings.push({
      event_time: new Date(around.now).toISOString(),
      device_id: 0,
      rung_by: 'plugin',
      about: 'everything',
      ...common(around),
    })
  }
  return rows
}

/** The ring of a line, or what is wrong with it. */
function ringOf(line: string, around: { instance?: string | undefined; batchKey: string; now: number }): LibrenmsDoorbell | string {
  let row: unknown
  try {
    row = JSON.parse(line)
  } catch {
    return 'it is not JSON'
  }
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return 'it is not an object'
  const { v, id, kind, device_id: device, at, data } = row as Record<string, unknown>
  if (v !== 1) return `v is ${JSON.stringify(v)}, and 1 is understood here`
  if (!isId(id)) return 'id is not a positive whole number'
  if (!isKind(kind)) return `kind is none of ${KINDS.join(', ')}`
  if (!Number.isSafeInteger(device) || Number(device) < 0) return 'device_id is not a whole number'
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'data is not an object'
  const time = timeOf(at, around.now)
  if (time === undefined) return 'at is not a time'
  const fields = data as Record<string, unknown>
  const change = CHANGES.find((word) => word === fields.action) as Change | undefined
  return {
    event_time: time,
    device_id: Number(device),
    rung_by: 'plugin',
    about: kind === 'lost' ? 'everything' : kind,
    ...(change && { change }),
    ...referenceOf(kind, fields),
    outbox_id: Number(id),
    ...common(around),
  }
}

const common = ({ instance, batchKey }: { instance?: string | undefined; batchKey: string }) => ({
  ...(instance !== undefined && { instance }),
  batch_key: batchKey,
})

function referenceOf(kind: Kind, data: Record<string, unknown>): Partial<LibrenmsDoorbell> {
  if (kind === 'eventlog') return { ...reference(data.event_id), ...(isText(data.type) && { event_type: data.type }) }
  if (kind === 'alertlog') return { ...reference(data.id), ...(isId(Number(data.rule_id)) && { rule_id: Number(data.rule_id) }) }
  if (kind === 'sensor') return { ...reference(data.reference), ...(isText(data.sensor_class) && { event_type: data.sensor_class }) }
  return kind === 'port' ? reference(data.reference) : {}
}

const reference = (value: unknown) => (isId(Number(value)) ? { reference: String(value) } : {})
const isId = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isKind = (value: unknown): value is Kind => KINDS.some((kind) => kind === value)

/** Never later than now: a clock that is ahead must not push a topic's time forward. */
function timeOf(at: unknown, now: number): string | undefined {
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(Math.min(time, now)).toISOString()
}
