import type { ShownAlert } from '../../live/model/model.ts'

const GLYPHS = { critical: '▲', warning: '◆', info: '●' } as const

/** How bad, by shape, word and colour. */
export function Severity({ severity, quiet }: { severity: ShownAlert['severity']; quiet?: boolean }) {
  return (
    <span class={`severity ${quiet ? 'quiet' : severity}`}>
      <span aria-hidden="true">{GLYPHS[severity]}</span> {severity}
    </span>
  )
}
