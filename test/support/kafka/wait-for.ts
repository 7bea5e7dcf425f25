import { setTimeout as sleep } from 'node:timers/promises'
import { PATIENCE } from '../patience.ts'

/** Waits until `condition` holds, looking every 20 ms; rejects, naming `what`, after `deadlineMs`. */
export async function waitFor(what: string, condition: () => boolean | Promise<boolean>, deadlineMs = PATIENCE): Promise<void> {
  const end = Date.now() + deadlineMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`)
    await sleep(20)
  }
}
