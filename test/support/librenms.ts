/**
 * A LibreNMS to try things with: `npm run --silent librenms:double -- --devices 100`.
 * Prints its address and a file with a token; then takes lines of what shall happen: `portDown 3`, `help`.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { systemClock } from '../../src/base/clock.ts'
import { modelsFromDumps } from '../../src/office/librenms/models/dumps.ts'
import { AVERAGE } from '../../src/office/librenms/models/invented.ts'
import { officeWorld } from '../../src/office/librenms/office-world.ts'
import type { Quirks } from '../../src/office/librenms/quirks.ts'
import { LibrenmsServer } from '../../src/office/librenms/server.ts'
import { World } from '../../src/office/librenms/world/world.ts'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    /** So many of 39 ports; the office's network otherwise. */
    devices: { type: 'string' },
    /** Folder of LibreNMS's test data: devices of those kinds. */
    dumps: { type: 'string' },
    zone: { type: 'string', default: 'Europe/Berlin' },
    /** JSON: `{"location":"text"}` */
    quirks: { type: 'string', default: '{}' },
  },
})

const seed = Number(values.seed)
const models = values.dumps === undefined ? [AVERAGE] : modelsFromDumps(values.dumps)
const world =
  values.devices === undefined && values.dumps === undefined
    ? officeWorld({ seed, clock: systemClock, timeZone: values.zone })
    : new World({ clock: systemClock, seed, timeZone: values.zone, models, devices: Number(values.devices ?? models.length) })

const folder = await mkdtemp(join(tmpdir(), 'librenms-double-'))
const tokenFile = join(folder, 'token')
const token = randomBytes(16).toString('hex')
await writeFile(tokenFile, `${token}\n`, { mode: 0o600 })
const server = await LibrenmsServer.listen({
  world,
  token,
  port: Number(values.port),
  quirks: JSON.parse(values.quirks) as Partial<Quirks>,
})
console.log(`LibreNMS double: ${world.inventory.devices.size} devices, ${world.inventory.ports.size} ports`)
console.log(`url         ${server.url}`)
console.log(`token file  ${tokenFile}`)

const end = async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end().then(() => process.exit(0)))

const port = (words: string[]) => (words.length > 1 ? world.port(words[0] ?? '', words[1] ?? '') : world.port(Number(words[0])))
const VERBS: Record<string, (words: string[]) => unknown> = {
  poll: ([device]) => (device ? world.poll(device) : world.pollAll()),
  portDown: (words) => world.portDown(port(words)),
  portUp: (words) => world.portUp(port(words)),
  deviceDown: ([device = '']) => world.deviceDown(device),
  deviceUp: ([device = '']) => world.deviceUp(device),
  reboot: ([device = '']) => world.reboot(device),
  addDevice: ([name = '']) => world.addDevice(name).id,
  deleteDevice: ([device = '']) => world.deleteDevice(device),
  notes: ([device = '', ...words]) => world.setNotes(device, words.join(' ')),
  raise: ([device = '', rule]) => world.raiseAlert(device, Number(rule ?? 1)),
  worse: ([device = '', rule]) => world.worse(device, Number(rule ?? 1)),
  clear: ([device = '', rule]) => world.clear(device, Number(rule ?? 1)),
  alerts: () => [...world.alerts.alerts.values()],
  events: () => world.events.rows.slice(-10),
  traffic: () => Object.fromEntries(server.traffic.routes),
  reset: () => world.resetDatabase(),
  revoke: () => world.revokeViewAll(),
  grant: () => world.grantViewAll(),
  help: () => Object.keys(VERBS).join(' '),
}

for await (const line of createInterface({ input: process.stdin })) {
  const [verb = '', ...words] = line.trim().split(/\s+/)
  if (verb === 'quit') break
  if (verb === '') continue
  try {
    const said = (VERBS[verb] ?? VERBS.help)?.(words)
    console.log(said === undefined ? 'ok' : typeof said === 'string' ? said : JSON.stringify(said))
  } catch (error) {
    console.log(String(error))
  }
}
// Without more input it serves until it is stopped; after "quit" it ends.
if (!process.stdin.readableEnded) await end()
