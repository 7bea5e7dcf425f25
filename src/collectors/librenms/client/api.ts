import type { Answer, Method, Row } from './exchange.ts'
import type { Asking } from './http.ts'
import type { Probe } from './probe.ts'

export type { Answer, Asking, Method, Row }

export interface LogPage {
  rows: Row[]
  /** Rows of the whole log that match; undefined where the server does not tell. */
  total: number | undefined
}

/** Ids, both included; text is a time, as the server writes it. */
export interface LogRange {
  from?: number | string
  to?: number
  limit: number
  /** The newest rows instead of the oldest. */
  newest?: boolean
}

/**
 * What the sync and the write-back need of a LibreNMS, whichever version of its API answers. Rows are the API's own; decode/ makes one shape
 * of their renderings. Lists arrive in batches and complete, or throw: whoever has seen the end has seen all there is. Every method throws
 * LibrenmsFailure.
 */
export interface LibrenmsApi {
  probe(): Promise<Probe>
  devices(which: 'all' | 'down'): AsyncIterable<Row[]>
  /** A device as the list of devices shows it. */
  device(id: number, how?: Asking): Promise<Row | undefined>
  /**
   * The notes of a device, to the letter, for who writes them back: elsewhere they come without the secrets that JSON in them may have. Null
   * where it has none; undefined where there is no such device.
   */
  notesOf(id: number): Promise<string | null | undefined>
  /** False only with LibreNMS's own word that there is none. */
  deviceExists(id: number): Promise<boolean>
  ports(): AsyncIterable<Row[]>
  /** None where the device has none, or is not there. */
  portsOf(device: number, how?: Asking): Promise<Row[]>
  sensors(): AsyncIterable<Row[]>
  sensor(device: number, sensorClass: string, id: number, how?: Asking): Promise<Row | undefined>
  /** Alerts that have not recovered. */
  openAlerts(): AsyncIterable<Row[]>
  /** In whatever state. */
  alert(id: number): Promise<Row | undefined>
  /** Always urgent: what is new begins here. */
  log(which: 'eventlog' | 'alertlog', range: LogRange): Promise<LogPage>
  inventoryOf(device: number): Promise<Row[]>
  links(): AsyncIterable<Row[]>
  /** Anything else, and what changes something: see LibrenmsHttp.call. */
  call(method: Method, path: string, body?: unknown, options?: { idempotent?: boolean }): Promise<Answer>
  readonly circuit: 'closed' | 'open' | 'half_open'
  /** ms until something may be asked again; 0 unless the circuit is open. */
  readonly rest: number
  readonly counts: Readonly<{ requests: number; retries: number; failures: number }>
  close(): void
}
