import { hasCode } from '../../../base/errors.ts'
import type { LibrenmsApi, LogPage, LogRange } from './api.ts'
import type { Answer, Method, Row } from './exchange.ts'
import { LibrenmsFailure } from './failures.ts'
import { type Asking, type HttpContext, LibrenmsHttp } from './http.ts'
import type { LibrenmsConnection } from './options.ts'
import { type Probe, remarksOf } from './probe.ts'
import { fixedZone, type Witness, zoneOf } from './zone.ts'

/** Columns of a port: its state, and the rates of its last poll. `deleted` rows are not in the lists. */
export const PORT_COLUMNS = [
  ...['port_id', 'device_id', 'ifIndex', 'ifName', 'ifDescr', 'ifAlias', 'ifType', 'ifOperStatus', 'ifAdminStatus', 'ifSpeed'],
  ...['ifVlan', 'ignore', 'disabled', 'poll_time', 'ifInOctets_rate', 'ifOutOctets_rate'],
]

/** As {@link PORT_COLUMNS}, for a LibreNMS that does not know one of them. */
const FEWER_PORT_COLUMNS = [
  'port_id',
  'device_id',
  'ifIndex',
  'ifName',
  'ifAlias',
  'ifOperStatus',
  'ifAdminStatus',
  'ifSpeed',
  'ignore',
  'disabled',
]

const OPEN_STATES = '1,2,3,4,5'
/** Without it the API shows active ones only, and [] for any other, as if it were not there. */
const ALL_STATES = `0,${OPEN_STATES}`

/** So many devices tell the server's zone. */
const WITNESSES = 3
const TIMES = ['inserted', 'last_discovered', 'last_polled'] as const

/** API v0, the one that every LibreNMS has. */
export class LibrenmsV0 implements LibrenmsApi {
  readonly #http: LibrenmsHttp
  #portColumns = PORT_COLUMNS

  constructor(connection: LibrenmsConnection, context: HttpContext) {
    this.#http = new LibrenmsHttp(connection, context)
  }

  get circuit() {
    return this.#http.circuit
  }

  get rest(): number {
    return this.#http.rest
  }

  get counts() {
    return this.#http.counts
  }

  close(): void {
    this.#http.close()
  }

  call(method: Method, path: string, body?: unknown, options?: { idempotent?: boolean }): Promise<Answer> {
    return this.#http.call(method, path, body, options)
  }

  async probe(): Promise<Probe> {
    const version = await this.#version()
    const routes = await this.#routes()
    const zone = await this.#zone()
    const remarks = [
      ...remarksOf(routes),
      ...(zone === undefined ? ['no device tells its time zone yet: its times are taken for UTC'] : []),
    ]
    return {
      version,
      routes,
      zone: zone ?? fixedZone(0),
      zoneKnown: zone !== undefined,
      remarks,
      logs: routes.size === 0 || routes.has('list_eventlog'),
    }
  }

  async *devices(which: 'all' | 'down'): AsyncGenerator<Row[]> {
    yield* this.#whole(which === 'all' ? '/devices' : '/devices?type=down', 'devices')
  }

  async device(id: number, how?: Asking): Promise<Row | undefined> {
    const rows = await this.#list(`/devices?type=device_id&query=${id}`, how)
    return rows.find((row) => Number(row.device_id) === id)
  }

  async notesOf(id: number): Promise<string | null | undefined> {
    const rows = await this.#list(`/devices?type=device_id&query=${id}`, { verbatim: 'notes' })
    const row = rows.find((candidate) => Number(candidate.device_id) === id)
    return row && (typeof row.notes === 'string' ? row.notes : null)
  }

  async deviceExists(id: number): Promise<boolean> {
    const { ok, status, message } = await this.#http.call('GET', `/devices/${id}`)
    if (ok) return true
    // A device that is also a virtual machine of another one is known to give 500 here; it is there.
    if (status === 404 && !/route doesn't exist/i.test(message)) return false
    if (status === 500) return true
    throw new LibrenmsFailure(
      'SHITOPS_E_LIBRENMS_REFUSED',
      `LibreNMS does not tell whether device ${id} is there (${status}): ${message}`,
      { status },
    )
  }

  async *ports(): AsyncGenerator<Row[]> {
    yield* this.#emptyIs404(this.#withColumns((columns) => this.#whole(`/ports?columns=${columns}`, 'ports')))
  }

  async portsOf(device: number, how?: Asking): Promise<Row[]> {
    const rows: Row[] = []
    const path = (columns: string) => this.#whole(`/devices/${device}/ports?columns=${columns}`, 'ports', how)
    for await (const batch of this.#emptyIs404(this.#withColumns(path))) rows.push(...batch)
    return lastOfEach(rows, 'port_id')
  }

  async *sensors(): AsyncGenerator<Row[]> {
    yield* this.#emptyIs404(this.#whole('/resources/sensors', 'sensors'))
  }

  async sensor(device: number, sensorClass: string, id: number, how?: Asking): Promise<Row | undefined> {
    const rows = await this.#list(`/devices/${device}/health/device_${encodeURIComponent(sensorClass)}/${id}`, how)
    return rows.find((row) => Number(row.sensor_id) === id)
  }

  async *openAlerts(): AsyncGenerator<Row[]> {
    yield* this.#whole(`/alerts?state=${OPEN_STATES}`, 'alerts')
  }

  async alert(id: number): Promise<Row | undefined> {
    const rows = await this.#list(`/alerts/${id}?state=${ALL_STATES}`)
    return rows.find((row) => Number(row.id) === id)
  }

  async log(which: 'eventlog' | 'alertlog', { from, to, limit, newest }: LogRange): Promise<LogPage> {
    const parameters = new URLSearchParams()
    if (from !== undefined) parameters.set('from', String(from))
    if (to !== undefined) parameters.set('to', String(to))
    parameters.set('limit', String(limit))
    if (newest) parameters.set('sortorder', 'DESC')
    const { rows, envelope } = await this.#http.list(`/logs/${which}?${parameters}`, { urgent: true })
    requireKey(envelope, 'logs', which)
    const total = Number(envelope.total)
    return { rows, total: envelope.total === undefined || Number.isNaN(total) ? undefined : total }
  }

  inventoryOf(device: number): Promise<Row[]> {
    return this.#list(`/inventory/${device}/all`)
  }

  async *links(): AsyncGenerator<Row[]> {
    yield* this.#emptyIs404(this.#whole('/resources/links', 'links'))
  }

  async #list(path: string, how?: Asking): Promise<Row[]> {
    try {
      return (await this.#http.list(path, how)).rows
    } catch (error) {
      if (isEmpty404(error)) return []
      throw error
    }
  }

  /** A list that is whole: an answer without the list in it is none. */
  async *#whole(path: string, key: string, how?: Asking): AsyncGenerator<Row[]> {
    const envelope = yield* this.#http.rows(path, how)
    requireKey(envelope, key, path)
  }

  /** Many lists that are empty are a 404. */
  async *#emptyIs404(rows: AsyncIterable<Row[]>): AsyncGenerator<Row[]> {
    try {
      yield* rows
    } catch (error) {
      if (!isEmpty404(error)) throw error
    }
  }

  async *#withColumns(ask: (columns: string) => AsyncIterable<Row[]>): AsyncGenerator<Row[]> {
    try {
      yield* ask(this.#portColumns.join(','))
    } catch (error) {
      const invalid = error instanceof LibrenmsFailure && error.status === 400 && /column/i.test(error.message)
      if (!invalid || this.#portColumns === FEWER_PORT_COLUMNS) throw error
      this.#portColumns = FEWER_PORT_COLUMNS
      yield* ask(this.#portColumns.join(','))
    }
  }

  async #version(): Promise<string | null> {
    const { rows, envelope } = await this.#http.list('/system')
    const [system] = rows
    if (!system && envelope.status !== 'ok') {
      throw new LibrenmsFailure('SHITOPS_E_LIBRENMS_NOT_API', 'what answers is JSON, but not that of LibreNMS', {
        suggestions: ['--url with the address of LibreNMS itself'],
      })
    }
    return typeof system?.local_ver === 'string' ? system.local_ver : null
  }

  /** `GET /`: a flat object of names and addresses. One that is not there says nothing. */
  async #routes(): Promise<ReadonlySet<string>> {
    const { ok, body } = await this.#http.call('GET', '/')
    if (!ok || typeof body !== 'object' || body === null || Array.isArray(body)) return new Set()
    return new Set(Object.keys(body).filter((name) => name !== 'status' && name !== 'message'))
  }

  async #zone() {
    const witnesses: Witness[] = []
    for (const row of await this.#someDevices()) {
      const [other] = await this.#list(`/devices/${Number(row.device_id)}`).catch((error: unknown) => {
        // Some devices cannot be shown alone: another one may.
        if (hasCode(error, 'SHITOPS_E_LIBRENMS_FAILED')) return []
        throw error
      })
      if (other) for (const time of TIMES) witnesses.push({ local: row[time], utc: other[time] })
    }
    return zoneOf(witnesses, Intl.DateTimeFormat().resolvedOptions().timeZone)
  }

  async #someDevices(): Promise<Row[]> {
    // The list has no limit: it is left as soon as there are enough.
    for await (const batch of this.#http.rows('/devices')) return batch.slice(0, WITNESSES)
    return []
  }
}

function requireKey(envelope: Row, key: string, what: string): void {
  if (Array.isArray(envelope[key])) return
  throw new LibrenmsFailure('SHITOPS_E_LIBRENMS_BROKEN', `the answer about ${what.replace(/\?.*$/, '')} has no ${key} in it`)
}

function isEmpty404(error: unknown): boolean {
  return error instanceof LibrenmsFailure && error.status === 404 && error.code === 'SHITOPS_E_LIBRENMS_REFUSED'
}

/** An answer that broke off was asked for again: what came last counts. */
function lastOfEach(rows: readonly Row[], id: string): Row[] {
  return [...new Map(rows.map((row) => [row[id], row])).values()]
}
