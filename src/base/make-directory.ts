import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/** As mkdir -p, step by step, each new directory of that mode: where /proc refuses one, Node's own `recursive` never ends. */
export function makeDirectory(directory: string, mode = 0o777): void {
  if (existsSync(directory)) return
  if (dirname(directory) !== directory) makeDirectory(dirname(directory), mode)
  try {
    mkdirSync(directory, { mode })
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
