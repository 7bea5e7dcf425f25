import { useTempDir } from '../../support/temp-dir.ts'
import { sharedJobSuite } from './suite.ts'

describe('processes that share a job on the embedded bus', () => {
  const folder = useTempDir()
  sharedJobSuite(() => `embedded:${folder()}`)
})
