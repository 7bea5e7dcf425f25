import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../../src/base/clock.ts'
import type { Logger } from '../../../src/base/log.ts'
import type { Bus, BusRecord } from '../../../src/bus/bus.ts'
import { PATIENCE } from '../../support/patience.ts'

/** A new directory under the system's temporary one. */
export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'shitops-bus-'))
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true })
}

/** A clock that the test moves. */
export class TestClock implements Clock {
  ms: number

  constructor(ms: number) {
    this.ms = ms
  }

  now(): number {
    return this.ms
  }

  async sleep(ms: number): Promise<void> {
    this.ms += ms
  }
}

/** A logger that keeps what it is told. */
export class TestLogger implements Logger {
  readonly lines: string[] = []

  debug(): void {}

  info(): void {}

  warn(message: string): void {
    this.lines.push(message)
  }

  error(message: string): void {
    this.lines.push(message)
  }
}

/** Every record a topic holds, from offset `from` on in each partition. */
export async function readAll(bus: Bus, topic: string, from = 0): Promise<BusRecord[]> {
  const partitions = (await bus.offsets(topic)).map(({ partition }) => ({ partition, from }))
  const records: BusRecord[] = []
  for await (const batch of bus.read({ topic, partitions })) records.push(...batch)
  return records
}

/** The code of what a promise, or a function, is refused with; 'none' when it is not. */
export async function codeOf(work: Promise<unknown> | (() => Promise<unknown>)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work)
    return 'none'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

/** Resolves once `holds`; fails with what it was waiting for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = PATIENCE): Promise<void> {
  const end = Date.now() + ms
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`still waiting after ${ms} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
