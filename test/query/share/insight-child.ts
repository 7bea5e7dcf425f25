/** One of several processes that run `shitops analyze --insights DIR --job shared`. Environment: SHARE_URL, SHARE_FOLDER. Says what it logs. */
import { runAnalyze } from '../../../src/cli/analyze/insights.ts'
import { runChild } from './run-child.ts'

const { SHARE_URL: url, SHARE_FOLDER: insights } = process.env
if (url && insights) {
  const flags = {
    ...{
      insight: ['device_flapping'],
      insights,
      from: 'start',
      'until-end': false,
      disorder: '1s',
      'idle-timeout': '1h',
      'max-advance': '1d',
    },
    ...{ split: true, job: 'shared', reset: false, yes: false, output: 'text' as const, utc: true },
  }
  runChild(url, (environment) => runAnalyze(flags, { ...environment, stdout: process.stdout, json: true }))
}
