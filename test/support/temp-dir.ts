import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of its own for each test of the enclosing suite, gone afterwards; call it for the path. */
export function useTempDir(): () => string {
  let dir = ''
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'shitops-test-'))
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))
  return () => dir
}
