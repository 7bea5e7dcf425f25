/**
 * Writes the pages that are made from code: docs/events.md, docs/errors.md, docs/config.md. With `--check` nothing is written, and a page that
 * is not what the code says ends it with 1 and the first line that differs.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { configPage } from './docs/config-page.ts'
import { errorsPage } from './docs/errors-page.ts'
import { eventsPage } from './docs/events-page.ts'

const pages: Readonly<Record<string, string>> = {
  'docs/events.md': await eventsPage(),
  'docs/errors.md': errorsPage(),
  'docs/config.md': configPage(),
}

const check = process.argv.includes('--check')
for (const [file, wanted] of Object.entries(pages)) {
  const found = await readFile(file, 'utf8').catch(() => '')
  if (found === wanted) continue
  if (!check) {
    await writeFile(file, wanted)
    console.log(`${file} written`)
    continue
  }
  process.exitCode = 1
  console.error(`${file} is stale: npm run docs writes it anew. The first difference:\n${firstDifference(found, wanted)}`)
}

function firstDifference(found: string, wanted: string): string {
  const [before, after] = [found.split('\n'), wanted.split('\n')]
  const line = after.findIndex((text, i) => text !== before[i])
  const at = line < 0 ? after.length : line
  return `  line ${at + 1}\n  - ${before[at] ?? '(end of file)'}\n  + ${after[at] ?? '(end of file)'}`
}
