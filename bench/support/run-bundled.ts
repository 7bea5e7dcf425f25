import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Below node_modules, so that a bundle finds the packages that are not in it. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url))

/**
 * A program of this folder as one file of JavaScript, as the product is built, for as long as `use` takes. For programs of our own code: packages
 * are not in it.
 */
export async function withBundle(file: string, use: (program: string) => Promise<void> | void): Promise<void> {
  mkdirSync(CACHE, { recursive: true })
  const folder = await mkdtemp(join(CACHE, 'shitops-bench-'))
  try {
    const program = join(folder, 'bench.mjs')
    await build({
      entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
      outfile: program,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    })
    await use(program)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs a program of this folder as a bundle with the flags of this process; ends this process with its exit code when it fails. */
export async function runBundled(file: string): Promise<void> {
  await withBundle(file, (program) => {
    const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = status ?? 1
  })
}
