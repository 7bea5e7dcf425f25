import { systemClock } from '../../base/clock.ts'
import { ShitopsError } from '../../base/errors.ts'
import { parsePosition } from '../../bus/position.ts'
import type { Checker } from '../../mining/conform/checker.ts'
import { followConformance } from './conform-follow.ts'
import type { SourceContext } from './source.ts'

export interface PublishSettings {
  files: readonly string[]
  from?: string | undefined
  to?: string | undefined
  process?: string | undefined
  ended?: boolean | undefined
  group: string
  slackMs: number
}

/** How often to look for missed deadlines. */
const EVERY_MS = 5_000

/** `--publish`: follows the topic until the signal. SHITOPS_E_USAGE for flags that belong to a range or a file */
export async function publishConformance(
  checker: Checker,
  { files, from, to, process, ended, group, slackMs }: PublishSettings,
  { open, logger, signal, now, print }: SourceContext & { print(line: string): void },
): Promise<{ violations: number }> {
  if (files.length > 0 || to !== undefined || ended !== undefined) {
    throw new ShitopsError('SHITOPS_E_USAGE', '--publish follows the topic workflow_events: it takes no file, no --to and no --ended', {
      suggestions: ['shitops workflow import FILE, which puts its events on the topic'],
    })
  }
  const begin = parsePosition(from ?? 'end', now, 'from')
  const options = { group, from: begin, process, slackMs, everyMs: EVERY_MS }
  return followConformance(
    checker,
    {
      ...options,
      onViolation: ({ event_time, severity, rule, case_id, summary }) =>
        print(`${event_time} ${severity} ${rule} ${case_id}: ${summary}\n`),
    },
    { bus: await open(), clock: systemClock, logger, signal },
  )
}
