/**
 * The build: the bundle and the web page, then the oclif manifest. The bundle is written beside dist and swapped in, so a running shitops never meets half of one.
 */
import { execFileSync } from 'node:child_process'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { build as buildWeb } from 'vite'
import { bundle } from './bundle.mjs'

const fresh = `dist.${process.pid}`
try {
  process.env.SHITOPS_WEB_OUT = resolve(fresh, 'web')
  await Promise.all([bundle({ outdir: fresh }), buildWeb({ configFile: 'src/web/vite.config.ts' })])
  const old = `${fresh}.old`
  await rename('dist', old).catch(() => {})
  await rename(fresh, 'dist')
  await rm(old, { recursive: true, force: true })
} finally {
  await rm(fresh, { recursive: true, force: true })
}
// Its chatter (an update notice) is kept back; a failure throws with what it said.
execFileSync('npx', ['--no-install', 'oclif', 'manifest'], { stdio: ['ignore', 'ignore', 'pipe'] })
// oclif lists the commands as the file system does, which is not the same on every machine.
const manifest = JSON.parse(await readFile('oclif.manifest.json', 'utf8'))
manifest.commands = Object.fromEntries(Object.entries(manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)))
await writeFile('oclif.manifest.json', JSON.stringify(manifest, null, 2))
// What src/cli/direct-command.ts asks at each start.
const index = Object.entries(manifest.commands).map(([id, { args, strict, relativePath }]) => [
  id,
  { file: relativePath.join('/'), takesWords: !strict || Object.keys(args).length > 0 },
])
await writeFile('dist/commands.json', JSON.stringify(Object.fromEntries(index)))
