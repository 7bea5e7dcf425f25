import { execFile } from 'node:child_process'
import type { Distribution } from './distribution.ts'
import { javaArguments, spawnSupervised } from './node.ts'
import { waitFor } from './wait-for.ts'

/** A tool that takes longer than this hangs, ms. */
const TOOL_MS = 60_000

/** Runs a class of the distribution to its end: stdout, or a rejection with what it said on stderr. */
export function runTool(distribution: Distribution, mainClass: string, args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const java = javaArguments(distribution, [mainClass, ...args])
    const child = execFile('java', java, { timeout: TOOL_MS, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${mainClass} ${error.killed ? 'hangs' : `ended with ${error.code}`}:\n${stderr}`))
      else resolve(stdout)
    })
    child.stdin?.end(input)
  })
}

/** Starts a class that runs until it is stopped; what it says is dropped. */
export async function startTool(
  distribution: Distribution,
  mainClass: string,
  args: readonly string[],
): Promise<{ stop(): Promise<void> }> {
  const tool = await spawnSupervised(javaArguments(distribution, [mainClass, ...args]), 'ignore')
  return {
    stop: async () => {
      tool.signal('SIGTERM')
      await waitFor(`the end of ${mainClass}`, () => !tool.running())
    },
  }
}
