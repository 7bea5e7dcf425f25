/**
 * What a user gets: pack, compare the file list with test/project/packed-files.txt, install the tarball into an empty folder
 * without dev dependencies, once more with install scripts off, and once more with noble gone, and run it there.
 * `--update` writes the file list anew.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const LIST = 'test/project/packed-files.txt'
/** Vite's hash is base64url: eight of letters of either case, digits, `-` and `_`. */
const WEB_ASSET = /^(dist\/web\/assets\/\w+)-[\w-]{8}\.(\w+)$/
const scratch = mkdtempSync(join(tmpdir(), 'shitops-pack-'))
try {
  const [pack] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', scratch], { encoding: 'utf8' }),
  )
  compareList(pack)
  for (const round of [{ flags: [] }, { flags: ['--ignore-scripts'] }, { flags: ['--ignore-scripts'], without: '@abandonware' }])
    tryInstalled(join(scratch, pack.filename), round)
  console.log(
    `packed ${pack.files.length} files, ${(pack.size / 1024).toFixed(0)} KiB; installed and ran with install scripts, without them, and without noble`,
  )
} finally {
  rmSync(scratch, { recursive: true, force: true })
}

/** Chunk names carry a hash of their content; what counts is which kinds of file are in the tarball. */
function compareList(pack) {
  const names = [
    ...new Set(pack.files.map(({ path }) => path.replace(/-[0-9a-f]{8}\.(c?js)$/, '-HASH.$1').replace(WEB_ASSET, '$1-HASH.$2'))),
  ]
    .filter((name) => !/chunk-HASH|^dist\/[^/]*-HASH/.test(name))
    .sort()
  const text = `${names.join('\n')}\n`
  if (process.argv.includes('--update')) writeFileSync(LIST, text)
  if (text !== readFileSync(LIST, 'utf8')) {
    writeFileSync(join(tmpdir(), 'shitops-packed-files.txt'), text)
    throw new Error(`the packed files differ from ${LIST}: look at the difference, then npm run test:pack -- --update`)
  }
}

function tryInstalled(tarball, { flags, without }) {
  const dir = mkdtempSync(join(scratch, 'install-'))
  writeFileSync(join(dir, 'package.json'), '{"private":true}')
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--omit=dev', ...flags, tarball], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (without) rmSync(join(dir, 'node_modules', without), { recursive: true })
  const shitops = (args, wanted, input = '') => {
    const env = { ...process.env, HOME: dir, XDG_DATA_HOME: join(dir, 'data'), XDG_CONFIG_HOME: join(dir, 'config') }
    const run = spawnSync(join(dir, 'node_modules/.bin/shitops'), args, { cwd: dir, input, encoding: 'utf8', env, timeout: 120_000 })
    if (run.status !== wanted)
      throw new Error(`shitops ${args.join(' ')} exited ${run.status}, not ${wanted}\n${run.stdout}\n${run.stderr}`)
    return run.stdout
  }
  shitops(['--version'], 0)
  shitops(['--help'], 0)
  shitops(['topic', 'create', 'packed', '--partitions', '1'], 0)
  shitops(['produce', 'packed'], 0, '{"key":"k","value":{"n":1}}\n')
  const record = JSON.parse(shitops(['tail', 'packed', '--from', 'start', '--to', 'end', '--output', 'ndjson'], 0))
  if (record.value.n !== 1) throw new Error(`read back ${JSON.stringify(record)}`)
  shitops(['demo', '--headless', '--duration', '5s', '--seed', '1'], 0)
  // No radio, no compiled noble, no noble at all: scan says what is missing and nothing else suffers.
  shitops(['scan', '--source', 'noble', '--duration', '1s'], 69)
}
