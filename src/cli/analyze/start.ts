import { ShitopsError } from '../../base/errors.ts'
import { parsePosition } from '../../bus/position.ts'

/** Where a job begins that never ran: `earliest`, `latest`, or a time in one of the forms of positions. */
export function startOf(text: string, now: number): 'earliest' | 'latest' | { readonly timestamp: number } {
  if (text === 'earliest' || text === 'start') return 'earliest'
  if (text === 'latest' || text === 'end') return 'latest'
  const position = parsePosition(text, now, 'from')
  if (position.kind === 'time') return { timestamp: position.at }
  throw new ShitopsError('SHITOPS_E_POSITION', `--from ${text}: a query begins at earliest, latest or a time`, {
    suggestions: ['--from @15m', '--from 2026-01-31T10:00Z'],
  })
}
