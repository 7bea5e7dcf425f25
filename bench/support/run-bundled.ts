import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * Runs a program of this folder as one file of JavaScript, as the product is built, with the flags of this process; ends this process with its exit
 * code when it fails. For programs of our own code only: packages are not bundled.
 */
export async function runBundled(file: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'shitops-bench-'))
  try {
    const program = join(folder, 'bench.mjs')
    const entry = fileURLToPath(new URL(file, import.meta.url))
    await build({
      entryPoints: [entry],
      outfile: program,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    })
    const { status } = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
    if (status !== 0) process.exitCode = status ?? 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
