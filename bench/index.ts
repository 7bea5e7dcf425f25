/**
 * `npm run bench`: every benchmark in its own process, JSON lines {name, ratio, baseline, …} on stdout. A ratio compares with the named baseline
 * in the same run. `npm run bench -- --short` is CI's quick form; `npm run bench -- startup` runs the ones whose file names hold a word.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const flags = process.argv.slice(2).filter((arg) => arg.startsWith('-'))
const words = process.argv.slice(2).filter((arg) => !arg.startsWith('-'))
const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.ts') && file !== 'index.ts')

let failed = 0
for (const file of files.filter((name) => words.length === 0 || words.some((word) => name.includes(word)))) {
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', join(import.meta.dirname, file), ...flags], { stdio: 'inherit' })
  if (status !== 0) {
    failed++
    process.stderr.write(`${file} exited with ${status}\n`)
  }
}
process.exit(failed === 0 ? 0 : 1)
