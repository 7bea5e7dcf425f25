import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until `condition` holds, looking every 20 ms; rejects, naming `what`, after `deadlineMs`. */
export async function waitFor(what: string, condition: () => boolean | Promise<boolean>, deadlineMs = 15_000): Promise<void> {
  const end = Date.now() + deadlineMs
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${deadlineMs} ms in vain for ${what}`)
    await sleep(20)
  }
}
