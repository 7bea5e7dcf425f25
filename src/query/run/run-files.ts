import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { RecordMeta } from '../compile/scan-code.ts'
import { fileBlocks } from '../json/file-blocks.ts'
import { forEachLine, type LineBlock } from '../json/lines.ts'
import type { Pipeline } from './build.ts'
import { DataGenerator } from './datagen.ts'
import { Envelope } from './envelope.ts'
import { ENVELOPE, type ScanInput } from './scan-input.ts'
import { placed } from './take-at.ts'

/** A record that could not be read: where it is, and what is wrong. */
export interface BadRecord {
  readonly table: string
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly reason: string
  readonly bytes: Buffer
}

export interface RunOptions {
  /** Files of a scan's table, in order; or what makes its records. */
  readonly filesOf: (scan: ScanInput) => Promise<readonly string[] | DataGenerator>
  readonly onBad: (bad: BadRecord) => void
  /** Only these scans, and no constant rows; all where absent. */
  readonly scans?: readonly ScanInput[]
  readonly signal?: AbortSignal
  /** Asked between blocks: the result is complete, nothing more needs to be read. */
  readonly enough?: () => boolean
  /** Called between blocks; resolves when what takes the rows has room. */
  readonly drain?: () => Promise<void>
}

/**
 * Runs a query over NDJSON files to their end. With several scans the one that is furthest behind in event time goes on, so that the same files
 * give the same rows whatever the machine does.
 */
export async function runFiles(pipeline: Pipeline, options: RunOptions): Promise<{ records: number; bad: number }> {
  const counts = { records: 0, bad: 0 }
  if (!options.scans) for (const values of pipeline.values) values.run()
  const readers: Reader[] = []
  for (const scan of options.scans ?? pipeline.scans) {
    const source = await options.filesOf(scan)
    readers.push(source instanceof DataGenerator ? new Generated(scan, source, options, counts) : new Lines(scan, source, options, counts))
  }
  try {
    const open = [...readers]
    while (open.length > 0) {
      const next = behind(open)
      // How far it may go before another is behind; alone it goes to the end of its block.
      const others = open.filter((reader) => reader !== next)
      const limit = Math.min(...others.map((reader) => reader.scan.watermarks.current))
      if (!(await next.go(others.length === 0 ? Number.POSITIVE_INFINITY : limit))) {
        open.splice(open.indexOf(next), 1)
        next.scan.watermarks.end()
      }
      if (options.enough?.()) break
      await options.drain?.()
      // Records that are there already leave the event loop no turn of its own: a signal would not be heard.
      await setImmediate()
      if (options.signal?.aborted) break
    }
  } finally {
    for (const reader of readers) await reader.close()
  }
  return counts
}

function behind(readers: readonly Reader[]): Reader {
  return readers.reduce((best, reader) => (reader.scan.watermarks.current < best.scan.watermarks.current ? reader : best))
}

/** Where the records of a scan come from. */
interface Reader {
  readonly scan: ScanInput
  /** Reads on: some records, or until the watermark has passed `limit`. @returns false at the end */
  go(limit: number): Promise<boolean>
  close(): Promise<void>
}

/** Records that are made here. */
class Generated implements Reader {
  readonly scan: ScanInput
  readonly #source: DataGenerator
  readonly #options: RunOptions
  readonly #counts: { records: number; bad: number }
  readonly #meta: RecordMeta = { topic: '', partition: 0, offset: 0, timestamp: 0, key: null, headers: [] }

  constructor(scan: ScanInput, source: DataGenerator, options: RunOptions, counts: { records: number; bad: number }) {
    this.scan = scan
    this.#source = source
    this.#options = options
    this.#counts = counts
    scan.watermarks.expect([0])
  }

  async go(): Promise<boolean> {
    return this.#source.next(1000, this.#meta, (bytes) => {
      this.#counts.records++
      const taken = this.scan.take(bytes, 0, bytes.length, this.#meta)
      if (taken === 'ok') return
      this.#counts.bad++
      this.#options.onBad({ table: this.scan.table.name, file: 'datagen', line: this.#meta.offset + 1, reason: taken.bad, bytes })
    })
  }

  async close(): Promise<void> {}
}

class Lines implements Reader {
  readonly scan: ScanInput
  readonly #files: readonly string[]
  readonly #options: RunOptions
  readonly #counts: { records: number; bad: number }
  #file = 0
  #blocks: AsyncGenerator<LineBlock> | undefined
  /** Lines of the present block that are still to come. */
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #line = 0
  readonly #envelope: Envelope | undefined
  readonly #meta: RecordMeta = { topic: '', partition: 0, offset: 0, timestamp: 0, key: null, headers: [] }

  constructor(scan: ScanInput, files: readonly string[], options: RunOptions, counts: { records: number; bad: number }) {
    this.scan = scan
    this.#files = files
    this.#envelope = scan.table.options.get(ENVELOPE) === 'true' ? new Envelope() : undefined
    this.#options = options
    this.#counts = counts
    scan.watermarks.expect([0])
  }

  async go(limit: number): Promise<boolean> {
    if (this.#at >= this.#bytes.length && !(await this.#fill())) return false
    try {
      this.#lines(limit)
    } catch (error) {
      throw placed(error, () => `${this.#files[this.#file - 1]}, line ${this.#line}`)
    }
    return true
  }

  /** The lines of the present block, until the watermark has passed `limit`. */
  #lines(limit: number): void {
    const bytes = this.#bytes
    if (limit === Number.POSITIVE_INFINITY) {
      forEachLine(bytes, this.#at, bytes.length, (start, end) => this.#take(bytes, start, end))
      this.#at = bytes.length
      return
    }
    do {
      const newline = bytes.indexOf(0x0a, this.#at)
      const end = newline < 0 ? bytes.length : newline
      if (end > this.#at) this.#take(bytes, this.#at, end)
      this.#at = end + 1
    } while (this.#at < bytes.length && this.scan.watermarks.current <= limit)
  }

  async close(): Promise<void> {
    await this.#blocks?.return(undefined)
  }

  #take(bytes: Buffer, start: number, end: number): void {
    this.#line++
    this.#counts.records++
    this.#meta.offset = this.#line - 1
    this.#envelope?.read(bytes, start, end, this.#meta)
    const taken = this.scan.take(bytes, start, end, this.#meta)
    if (taken === 'ok') return
    this.#counts.bad++
    this.#options.onBad({
      table: this.scan.table.name,
      file: this.#files[this.#file - 1] ?? '',
      line: this.#line,
      reason: taken.bad,
      // The memory is read into again.
      bytes: Buffer.from(bytes.subarray(start, end)),
    })
  }

  async #fill(): Promise<boolean> {
    for (;;) {
      const next = await this.#blocks?.next()
      if (next && !next.done) {
        if (next.value.tooLong) {
          this.#counts.bad++
          this.#options.onBad({
            table: this.scan.table.name,
            file: this.#files[this.#file - 1] ?? '',
            line: this.#line + 1,
            reason: 'the line is longer than 16 MiB',
            bytes: Buffer.from(next.value.bytes.subarray(0, 1024)),
          })
          continue
        }
        this.#bytes = next.value.bytes
        this.#at = 0
        return true
      }
      const file = this.#files[this.#file++]
      if (file === undefined) return false
      this.#line = 0
      if (!this.#envelope) this.#meta.topic = file
      this.#blocks = fileBlocks(file)
    }
  }
}

/** A file, or those of a folder in order of their names, as Flink's filesystem connector reads them: not those that begin with `.` or `_`. */
export async function filesAt(path: string): Promise<string[]> {
  const plain = path.replace(/^file:(\/\/)?/, '')
  if (!(await stat(plain)).isDirectory()) return [plain]
  const names = (await readdir(plain)).filter((name) => !name.startsWith('.') && !name.startsWith('_')).sort()
  const nested = await Promise.all(names.map((name) => filesAt(join(plain, name))))
  return nested.flat()
}
