import type { JournalEntry } from './job-state.ts'

/** What a job took in since its last snapshot, in order. Records of one partition that follow each other are one entry. */
export class Journal {
  #entries: JournalEntry[] = []
  /** Records in it. */
  records = 0
  /** Whether there is more in it than at the last commit. */
  changed = false

  get length(): number {
    return this.#entries.length
  }

  took(topic: string, partition: number, from: number, to: number, count: number): void {
    const last = this.#entries.at(-1)
    this.changed = true
    this.records += count
    if (last && 'from' in last && last.topic === topic && last.partition === partition) {
      last.to = to
      last.count += count
    } else this.#entries.push({ topic, partition, from, to, count })
  }

  note(entry: JournalEntry): void {
    this.changed = true
    this.#entries.push(entry)
  }

  clear(): void {
    this.#entries = []
    this.records = 0
    this.changed = false
  }

  copy(): JournalEntry[] {
    return this.#entries.map((entry) => ({ ...entry }))
  }
}
