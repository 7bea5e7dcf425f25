import { useTempDir } from '../../support/temp-dir.ts'
import { sharedInsightsSuite } from './insights-suite.ts'

describe('insights that several processes share, on the embedded bus', () => {
  const folder = useTempDir()
  sharedInsightsSuite(() => `embedded:${folder()}`)
})
