import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { describeWithJava, startKafka, waitFor } from './index.ts'

const abandon = fileURLToPath(new URL('abandon.ts', import.meta.url))

describeWithJava('the Kafka driver', () => {
  it('leaves no broker behind when the test process is killed', async function () {
    this.timeout(90_000)
    const child = spawn(process.execPath, ['--import', 'tsx', abandon], { stdio: ['ignore', 'pipe', 'inherit'] })
    const { pids, folder } = await firstLine(child.stdout)
    expect(pids.every(isAlive), 'both brokers run').to.equal(true)
    child.kill('SIGKILL')
    await waitFor('the end of both brokers', () => !pids.some(isAlive))
    await rm(folder, { recursive: true, force: true })
  })

  it('takes a cluster down with all its processes', async function () {
    this.timeout(90_000)
    const kafka = await startKafka({ racks: ['a', 'b', 'c'] })
    const pids = kafka.ids.map((id) => kafka.pid(id))
    kafka.freeze(2)
    await kafka.kill(3)
    await kafka.restart(3)
    await kafka.down()
    await waitFor('the end of all brokers', () => ![...pids, kafka.pid(3)].some(isAlive))
  })
})

async function firstLine(stdout: NodeJS.ReadableStream): Promise<{ pids: number[]; folder: string }> {
  for await (const line of createInterface({ input: stdout })) return JSON.parse(line)
  throw new Error('it ended without a word')
}

/** Signal 0 only asks. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
