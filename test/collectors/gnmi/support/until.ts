import { PATIENCE } from '../../../support/patience.ts'

/** Resolves when the condition holds; rejects where it does not come to hold, so that nothing is left behind that waits for ever. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + PATIENCE
  while (!condition()) {
    if (Date.now() > end) throw new Error(`never came to hold: ${condition}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
