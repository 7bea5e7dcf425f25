import { expect } from 'chai'
import type { ShitopsError } from '../../src/base/errors.ts'

/** The {@link ShitopsError} that an asynchronous call ends with; fails when there is none or another kind. */
export async function thrownBy(run: () => Promise<unknown>): Promise<ShitopsError> {
  const error = await run().then(
    () => expect.fail('expected a ShitopsError, but nothing was thrown'),
    (thrown: unknown) => thrown,
  )
  // By name: under the test loader a module imported lazily has a class of its own.
  if (error instanceof Error && error.name === 'ShitopsError') return error as ShitopsError
  throw error
}
