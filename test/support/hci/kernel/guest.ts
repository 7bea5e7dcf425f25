/**
 * Runs in a virtual machine as its first program: real Linux Bluetooth stack, real AF_BLUETOOTH sockets, unmodified noble and native
 * driver, our source. Each step ends in a line `PASS …`, or the run in one line `FAIL …`.
 */
import { strictEqual } from 'node:assert'
import { type ChildProcess, spawn } from 'node:child_process'
import { release } from 'node:os'
import { fileURLToPath } from 'node:url'
import { probeRadio } from '../../../../src/collectors/ble/probe-radio.ts'
import { waitFor } from '../../kafka/wait-for.ts'
import { manufacturerAd } from '../encode.ts'
import { KernelAdapter, power } from './adapter.ts'

const STATUS = '4c000719010e2054aab5310000e00ca78a604bd37df4604f2c73e9a7f4'
/** A virtual machine without hardware support is slow. */
const DEADLINE = 60_000
const NOBODY = 65_534

class Scanner {
  stdout = ''
  stderr = ''
  readonly ended: Promise<number | null>
  readonly #child: ChildProcess

  constructor(uid = 0) {
    const child = spawn(process.execPath, [fileURLToPath(new URL('./scanner.mjs', import.meta.url))], {
      uid,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout.on('data', (chunk: Buffer) => {
      this.stdout += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      this.stderr += chunk
    })
    this.#child = child
    this.ended = new Promise((resolve) => child.once('close', resolve))
  }

  get heard(): Array<Record<string, unknown>> {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  /** CPU time that it has used, in ticks of 10 ms. */
  async cpu(): Promise<number> {
    const { readFile } = await import('node:fs/promises')
    const fields = (await readFile(`/proc/${this.#child.pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
    return Number(fields[11]) + Number(fields[12])
  }

  interrupt(): void {
    this.#child.kill('SIGINT')
  }
}

const pass = (what: string) => console.log(`PASS ${what}`)
const until = (what: string, condition: () => boolean) => waitFor(what, condition, DEADLINE)
let adapter: KernelAdapter
let scanner: Scanner

const scans = () => until('the scan to begin', () => adapter.scanning !== false)

/** The adapter hears four devices, and the scanner tells of them all. */
async function hearsFour(): Promise<void> {
  const before = scanner.heard.length
  for (let i = 0; i < 4; i++)
    adapter.hear({ address: `5A:16:2B:91:D1:0${i}`, data: manufacturerAd(Buffer.from(STATUS, 'hex')), rssi: -50 - i })
  await until('four advertisements', () => scanner.heard.length === before + 4)
  for (const [i, { address, rssi, hex }] of scanner.heard.slice(before).entries()) {
    strictEqual(`${address} ${rssi} ${hex}`, `5A:16:2B:91:D1:0${i} ${-50 - i} ${STATUS}`)
  }
}

async function run(): Promise<void> {
  strictEqual((await probeRadio()).detail, 'there is no Bluetooth adapter')
  pass(`doctor on Linux ${release()}: there is no Bluetooth adapter`)

  adapter = await KernelAdapter.plugIn()
  strictEqual((await probeRadio()).detail, 'the Bluetooth adapter is off')
  pass('doctor: the Bluetooth adapter is off')

  await power(true)
  strictEqual((await probeRadio()).detail, 'adapter hci0 is on, and this user may scan with it')
  pass('doctor: adapter hci0 is on, and this user may scan with it')

  const stranger = new Scanner(NOBODY)
  strictEqual(await stranger.ended, 77)
  strictEqual(/"code":"(\w+)"/.exec(stranger.stderr)?.[1], 'SHITOPS_E_RADIO_RIGHTS')
  pass('a user without rights gets SHITOPS_E_RADIO_RIGHTS, exit 77')

  scanner = new Scanner()
  await scans()
  await hearsFour()
  pass('scan hears all of four devices')

  await power(false)
  await until('the loss to be noticed', () => scanner.stderr.includes('the Bluetooth adapter went off'))
  await power(true)
  await scans()
  await hearsFour()
  pass('scan goes on after the adapter was switched off and on')

  const used = await scanner.cpu()
  await adapter.pullOut()
  await until('an attempt that fails', () => scanner.stderr.includes('there is no such Bluetooth adapter'))
  adapter = await KernelAdapter.plugIn()
  await power(true)
  await scans()
  await hearsFour()
  pass(`scan goes on after the adapter was pulled out and put back; it used ${(await scanner.cpu()) - used} ticks of CPU meanwhile`)

  scanner.interrupt()
  strictEqual(await scanner.ended, 0)
  await until('the scan to end', () => adapter.scanning === false)
  pass('scan ends on Ctrl-C, and the controller has stopped scanning')
}

await run().then(
  () => console.log('DONE'),
  (error: unknown) => console.log(`FAIL ${error instanceof Error ? error.stack : error}\n${scanner?.stderr ?? ''}`),
)
process.exit()
