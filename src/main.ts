import { flush } from '@oclif/core/flush'
import { handle } from '@oclif/core/handle'
import { run } from '@oclif/core/run'

/** The door: everything a person types comes in here. Exit codes are those of base/errors.ts, with and without --json. */
export async function main(argv: string[], root: string): Promise<void> {
  try {
    await run(argv, root)
    await flush()
  } catch (error) {
    await handle(error as Error)
  }
}
