/**
 * The LibreNMS plugin: `php -l`, its own tests with phpunit, then against the built `shitops librenms receive`. `npm run test:librenms-plugin`; where PHP
 * is not there, it says so and ends well.
 */
import { spawn, spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import type { LibrenmsDoorbell } from '../../src/events/index.ts'
import { runCli } from '../support/cli.ts'
import { LiveCli } from '../support/live-cli.ts'

const PLUGIN = 'plugin/librenms'
const NEEDED = ['curl', 'json', 'pdo_sqlite']

const has = (command: string, ...args: string[]) => spawnSync(command, args, { encoding: 'utf8' })
const php = has('php', '-r', 'echo PHP_VERSION_ID, " ", implode(" ", get_loaded_extensions());')
if (php.error || php.status !== 0) skip('PHP is not there')
const [version = '0', ...extensions] = php.stdout.toLowerCase().split(' ')
if (Number(version) < 80_200) skip(`PHP ${version} is older than 8.2`)
const missing = NEEDED.filter((name) => !extensions.includes(name))
if (missing.length > 0) skip(`PHP has no ${missing.join(', ')}`)

for (const file of readdirSync(PLUGIN, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.blade)\.php$/.test(name))) {
  const { status, stdout, stderr } = has('php', '-d', 'display_errors=stderr', '-l', join(PLUGIN, file))
  if (status === 0) continue
  console.error(stdout + stderr)
  process.exit(1)
}

if (has('phpunit', '--version').status === 0) {
  const { status } = spawnSync('phpunit', ['-c', `${PLUGIN}/phpunit.xml`], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
} else console.log('phpunit is not there: the unit tests of the plugin are skipped (apt-get install phpunit)')

await againstTheReceiver()
console.log('the plugin and the receiver understand each other')

function skip(why: string): never {
  console.log(`skipped: ${why} (apt-get install php-cli php-sqlite3 php-curl phpunit)`)
  process.exit(0)
}

async function againstTheReceiver(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'shitops-plugin-'))
  const env = { SHITOPS_BUS: `embedded:${home}/bus` }
  const secret = join(home, 'plugin.secret')
  const start = (port: number) =>
    new LiveCli(
      ['librenms', 'receive', '--listen', `127.0.0.1:${port}`, '--secret-file', `${home}/alert.secret`, '--plugin-secret-file', secret],
      home,
      env,
    )
  let receiver = start(0)
  const url = async () => {
    await receiver.until(({ stderr }) => /plugin: (\S+),/.test(stderr))
    return /plugin: (\S+),/.exec(receiver.stderr)?.[1] ?? ''
  }
  try {
    const address = await url()
    const port = Number(new URL(address).port)
    const play = (to: string, ...steps: string[]) => playIn(home, to, secret, steps)

    let run = await play(address, 'poll', 'poll', 'event', 'secret', 'drain')
    expect(run, 'rows are sent and deleted').to.deep.equal({ code: 0, said: '4 rows sent', left: 0 })
    expect(
      (await rings(env)).map(({ about, change, reference, device_id: device }) => [
        about,
        change ?? '',
        reference === '17' ? 17 : 0,
        device,
      ]),
    ).to.deep.equal([
      ['port', 'many', 0, 3],
      ['port', 'updated', 17, 3],
      ['eventlog', '', 0, 3],
      ['device', 'updated', 0, 3],
    ])

    await receiver.signal('SIGTERM')
    run = await play(address, 'event', 'event', 'drain')
    expect([run.code, run.left], 'a receiver that is away costs nothing').to.deep.equal([1, 2])
    expect(run.said).to.match(/no answer: .*; again in \d+ s/)
    expect((await play(address, 'drain')).said).to.match(/waiting \d+ s after a failure/)
    receiver = start(port)
    await url()
    run = await play(address, 'now', 'drain')
    expect(run).to.deep.equal({ code: 0, said: '2 rows sent', left: 0 })

    const lossy = await losingAnswers(address)
    run = await play(lossy.url, 'event', 'poll', 'drain')
    expect([run.code, run.left], 'taken, but the answer was lost').to.deep.equal([1, 2])
    lossy.close()
    await receiver.signal('SIGKILL')
    receiver = start(port)
    await url()
    run = await play(address, 'now', 'drain')
    expect(run).to.deep.equal({ code: 0, said: '2 rows sent', left: 0 })
    const all = await rings(env)
    expect(all, 'and not twice').to.have.lengthOf(8)
    expect(JSON.stringify(all)).not.to.contain('topsecret')

    const text = await readFile(secret, 'utf8')
    const wrong = join(home, 'wrong.secret')
    await writeFile(wrong, `${text.trim()}x\n`, { mode: 0o600 })
    run = await playIn(home, address, wrong, ['event', 'drain'])
    expect([run.code, run.left]).to.deep.equal([1, 1])
    expect(run.said).to.contain('does not accept the signature (401)')
    expect(run.said + receiver.stderr).not.to.contain(text.trim())
  } finally {
    receiver.child.kill('SIGKILL')
    await receiver.exited
    await rm(home, { recursive: true, force: true })
  }
}

interface Run {
  code: number
  said: string
  left: number
}

function playIn(home: string, url: string, secret: string, steps: readonly string[]): Promise<Run> {
  const child = spawn('php', [`${PLUGIN}/tests/play.php`, join(home, 'librenms.sqlite'), url, secret, ...steps], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      const lines = text.trim().split('\n')
      resolve({ code: code ?? 1, left: Number(lines.pop()), said: lines.join('\n') })
    })
  })
}

async function rings(env: Record<string, string>): Promise<LibrenmsDoorbell[]> {
  const { stdout } = await runCli(['tail', 'librenms_doorbell', '--from', 'start', '--to', 'end', '--output', 'ndjson'], { env })
  const all = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { value: LibrenmsDoorbell }).value)
  return all.sort((a, b) => (a.outbox_id ?? 0) - (b.outbox_id ?? 0))
}

/** Passes requests on, and breaks the connection off before their answers. */
async function losingAnswers(to: string): Promise<{ url: string; close(): void }> {
  const server = createServer(async (request) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const headers = Object.entries(request.headers).filter(([name]) => /^(x-shitops|idempotency|content-type)/.test(name)) as [
      string,
      string,
    ][]
    const { status } = await fetch(to, { method: 'POST', headers, body: Buffer.concat(chunks) })
    expect(status).to.equal(200)
    request.socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/librenms/plugin`, close: () => server.close() }
}
