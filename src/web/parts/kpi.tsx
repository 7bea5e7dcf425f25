import type { ComponentChildren } from 'preact'

/** One number that matters, with what it is and what it means. */
export function Kpi({ name, value, note, bad }: { name: string; value: ComponentChildren; note?: ComponentChildren; bad?: boolean }) {
  return (
    <div class={`kpi${bad ? ' bad' : ''}`}>
      <div class="name">{name}</div>
      <div class="value">{value}</div>
      <div class="note">{note}</div>
    </div>
  )
}
