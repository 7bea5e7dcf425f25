import { createReadStream } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readLines } from '../../../base/lines.ts'
import { makeSortFolder } from './sort-folder.ts'

/** A record that waits for its turn. */
export interface Waiting {
  /** ms since the epoch */
  time: number
  id: string
  key: string
  json: string
}

/** Characters kept in memory; more goes to files, sorted. */
const RUN = 24 << 20
const BATCH = 1_000
const PIECE = 1 << 20

/**
 * Events in order of time, of any number in little memory: sorted runs lie in a folder of its own (0700) for as long as it takes, and are merged.
 * Equal times keep the order in which they were added.
 */
export class TimeSorter {
  readonly #maxRun: number
  #items: Waiting[] = []
  #size = 0
  #folder: string | undefined
  #runs: string[] = []

  constructor(maxRun = RUN) {
    this.#maxRun = maxRun
  }

  /** True when there is enough to {@link spill}. */
  add(item: Waiting): boolean {
    this.#items.push(item)
    this.#size += item.json.length + 150
    return this.#size >= this.#maxRun
  }

  async spill(): Promise<void> {
    this.#folder ??= await makeSortFolder()
    const path = join(this.#folder, `run-${this.#runs.length}`)
    const file = await open(path, 'wx', 0o600)
    try {
      let text = ''
      for (const item of this.#sorted()) {
        text += lineOf(item)
        if (text.length < PIECE) continue
        await file.write(text)
        text = ''
      }
      await file.write(text)
    } finally {
      await file.close()
    }
    this.#runs.push(path)
    this.#items = []
    this.#size = 0
  }

  /** Everything that was added, in batches. */
  async *sorted(): AsyncGenerator<Waiting[]> {
    const sources = [...this.#runs.map(readRun), inMemory(this.#sorted())]
    this.#items = []
    const heads: Array<{ batch: readonly Waiting[]; at: number; more: AsyncGenerator<Waiting[]> }> = []
    for (const more of sources) {
      const first = await more.next()
      if (!first.done && first.value.length > 0) heads.push({ batch: first.value, at: 0, more })
    }
    let out: Waiting[] = []
    while (heads.length > 0) {
      let best = heads[0]
      for (const head of heads) if (timeOf(head) < timeOf(best)) best = head
      if (!best) break
      const item = best.batch[best.at++]
      if (item) out.push(item)
      if (out.length >= BATCH) {
        yield out
        out = []
      }
      if (best.at < best.batch.length) continue
      const next = await best.more.next()
      if (next.done) heads.splice(heads.indexOf(best), 1)
      else Object.assign(best, { batch: next.value, at: 0 })
    }
    if (out.length > 0) yield out
  }

  /** Removes what lies in files. */
  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true })
  }

  #sorted(): Waiting[] {
    return this.#items.sort((a, b) => a.time - b.time)
  }
}

const timeOf = (head: { batch: readonly Waiting[]; at: number } | undefined): number =>
  head?.batch[head.at]?.time ?? Number.POSITIVE_INFINITY

/** No tab stands in JSON text or in an id. */
const lineOf = ({ time, id, key, json }: Waiting): string => `${time}\t${id}\t${JSON.stringify(key)}\t${json}\n`

async function* readRun(path: string): AsyncGenerator<Waiting[]> {
  for await (const lines of readLines(createReadStream(path, { highWaterMark: PIECE / 4 }), 64 << 20)) {
    const batch = lines.map(({ text }) => waitingOf(text ?? ''))
    if (batch.length > 0) yield batch
  }
}

function waitingOf(line: string): Waiting {
  const first = line.indexOf('\t')
  const second = line.indexOf('\t', first + 1)
  const third = line.indexOf('\t', second + 1)
  return {
    time: Number(line.slice(0, first)),
    id: line.slice(first + 1, second),
    key: JSON.parse(line.slice(second + 1, third)) as string,
    json: line.slice(third + 1),
  }
}

async function* inMemory(items: Waiting[]): AsyncGenerator<Waiting[]> {
  if (items.length > 0) yield items
}
