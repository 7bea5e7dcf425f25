import { amount } from '../../live/format.ts'
import type { ShownAlert } from '../../live/model/model.ts'

/** What was expected and what was seen, on one line. */
export function Band({ alert: { observed, expected_low, expected_high, unit } }: { alert: ShownAlert }) {
  if (observed == null) return null
  if (expected_low == null && expected_high == null) return <p>Seen: {amount(observed, unit)}</p>
  const low = expected_low ?? Math.min(0, observed)
  // Without an end the band goes on beyond what was seen.
  const high = expected_high ?? Math.max(low, observed) * 1.25
  const [from, to] = [Math.min(low, observed, 0), Math.max(high, observed)]
  const part = (value: number) => (to === from ? 50 : ((value - from) / (to - from)) * 96 + 2)
  const text = `Seen ${amount(observed, unit)}; expected ${expectedOf(expected_low, expected_high, unit)}`
  return (
    <figure class="band">
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label={text}>
        <rect class="track" x="0" y="3" width="100" height="2" />
        <rect class="expected" x={part(low)} y="1" width={Math.max(1, part(high) - part(low))} height="6" />
        <rect class="seen" x={part(observed) - 0.6} y="0" width="1.2" height="8" />
      </svg>
      <figcaption>{text}</figcaption>
    </figure>
  )
}

function expectedOf(low: number | null | undefined, high: number | null | undefined, unit: string | undefined): string {
  if (low == null) return `${amount(high, unit)} or less`
  return high == null ? `${amount(low, unit)} or more` : `${amount(low, unit)} to ${amount(high, unit)}`
}
