import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { CollectorFigures, CollectorOptions } from './gnmi-collector.ts'

/** gnmi-collector.ts as a bundle: loading TypeScript is not what is measured. It lies where its compiled packages are found. */
export async function collectorProgram(): Promise<{ program: string; remove(): Promise<void> }> {
  const cache = resolve('node_modules/.cache')
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'shitops-bench-'))
  const program = join(folder, 'gnmi-collector.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('gnmi-collector.ts', import.meta.url))],
    outfile: program,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  })
  return { program, remove: () => rm(folder, { recursive: true, force: true }) }
}

/** A collector in a process of its own. */
export class CollectorProcess {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting: Array<(line: string) => void> = []

  constructor(program: string, options: CollectorOptions) {
    const args = [...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []), program, JSON.stringify(options)]
    this.#child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, NODE_ENV: 'production' } })
    const lines = createInterface({ input: this.#child.stdout })
    lines.on('line', (line) => this.#waiting.shift()?.(line))
    lines.on('close', () => {
      for (const waiting of this.#waiting.splice(0)) waiting('{}')
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** @param reset the event loop's delay is counted anew from here on */
  figures(reset = false): Promise<CollectorFigures> {
    return new Promise((resolve) => {
      this.#waiting.push((line) => resolve(JSON.parse(line) as CollectorFigures))
      this.#child.stdin.write(reset ? 'reset\n' : '\n')
    })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()))
    this.#child.stdin.end()
    await gone
  }
}
