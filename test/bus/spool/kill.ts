/**
 * kill -9, again and again, of a collector whose bus comes and goes; then count. `npm run test:forward-kill -- --count 100`. Prints one JSON line;
 * ends with 1 when an acknowledged record was lost, any was doubled, or a key is out of order.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { openBus } from '../../../src/bus/open.ts'
import { removeDirectory, temporaryDirectory } from '../embedded/support.ts'
import { PARTITIONS, TOPIC } from './kill-child.ts'

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url))
/** A killed child lives this long at most after it has said that it is at work. */
const MAX_LIFE_MS = 300

interface Life {
  child: ChildProcess
  acknowledged: number
  done: boolean
}

async function main(): Promise<void> {
  const { values: flags } = parseArgs({ options: { count: { type: 'string', default: '10' } } })
  const count = Number(flags.count)
  const [target, spool] = [temporaryDirectory(), temporaryDirectory()]
  const down = join(spool, '..', `${spool.split('/').at(-1)}.down`)
  const url = `embedded:${target}`
  const bus = await openBus(url)
  await bus.createTopic({ name: TOPIC, partitions: PARTITIONS })
  const lives: Life[] = []
  let outages = 0
  let away = false
  const toggle = (wanted: boolean) => {
    if (wanted && !away) outages++
    away = wanted
    if (away) writeFileSync(down, '')
    else rmSync(down, { force: true })
  }
  try {
    for (let life = 0; life <= count; life++) {
      lives.push(await begin(life))
      if (life === count) break
      for (let part = 0; part < 2; part++) {
        await new Promise((resolve) => setTimeout(resolve, (Math.random() * MAX_LIFE_MS) / 2))
        if (Math.random() < 0.4) toggle(!away)
      }
      await end(lives.at(-1), 'SIGKILL')
    }
    toggle(false)
    const last = lives.at(-1)
    await end(last, 'SIGTERM')
    const seen = new Map<string, number>()
    const lastOf = new Map<string, [life: number, number: number]>()
    let disordered = 0
    const partitions = (await bus.offsets(TOPIC)).map(({ partition }) => ({ partition, from: 0 }))
    for await (const batch of bus.read({ topic: TOPIC, partitions })) {
      for (const { key, value } of batch) {
        seen.set(String(value), (seen.get(String(value)) ?? 0) + 1)
        const [life = 0, number = 0] = String(value).split(':').map(Number)
        const [lifeBefore, numberBefore] = lastOf.get(String(key)) ?? [-1, -1]
        if (life < lifeBefore || (life === lifeBefore && number <= numberBefore)) disordered++
        lastOf.set(String(key), [life, number])
      }
    }
    let lost = 0
    let acknowledged = 0
    lives.forEach((life, i) => {
      acknowledged += life.acknowledged
      for (let number = 0; number < life.acknowledged; number++) if (!seen.has(`${i}:${number}`)) lost++
    })
    const doubled = [...seen.values()].filter((times) => times > 1).length
    const result = {
      name: 'kill -9 of a collector whose bus comes and goes',
      kills: count,
      outages,
      acknowledged,
      arrived: seen.size,
      lost,
      doubled,
      disordered,
    }
    console.log(JSON.stringify(result))
    if (lost + doubled + disordered > 0 || acknowledged === 0 || last?.done !== true) process.exitCode = 1
  } finally {
    for (const life of lives) await end(life, 'SIGKILL')
    await bus.close()
    rmSync(down, { force: true })
    removeDirectory(target)
    removeDirectory(spool)
  }

  async function begin(number: number): Promise<Life> {
    const env = { ...process.env, SPOOL_DIR: spool, SPOOL_TARGET: url, SPOOL_LIFE: String(number), SPOOL_DOWN: down }
    const life: Life = { child: fork(CHILD, { execArgv: ['--import', 'tsx'], env }), acknowledged: 0, done: false }
    await new Promise<void>((resolve, reject) => {
      life.child.once('exit', (code, signal) => reject(new Error(`life ${number} ended by itself: ${code ?? signal}`)))
      life.child.on('message', (message: { ready?: true; acknowledged?: number; done?: true }) => {
        if (message.ready) resolve()
        if (message.done) life.done = true
        if (message.acknowledged !== undefined) life.acknowledged = message.acknowledged
      })
    })
    life.child.removeAllListeners('exit')
    return life
  }
}

async function end(life: Life | undefined, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (!life || life.child.exitCode !== null || life.child.signalCode !== null) return
  const gone = once(life.child, 'exit')
  life.child.kill(signal)
  await gone
}

await main()
