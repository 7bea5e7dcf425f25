import { mkdirSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/**
 * A program and its sources as one file: it starts in a fraction of the time that it takes to translate them, so that it can be killed and started
 * often. The folder of the file is the caller's to remove.
 */
export async function bundle(entry: string): Promise<{ file: string; folder: string }> {
  // Inside the project: packages are found from there.
  const folder = `${ROOT}node_modules/.cache/shitops-test-${process.pid}-${basename(entry, '.ts')}`
  mkdirSync(folder, { recursive: true })
  const file = `${folder}/main.mjs`
  await build({
    entryPoints: [entry],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  })
  return { file, folder }
}
