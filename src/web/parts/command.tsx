import { useState } from 'preact/hooks'
import { onBus } from '../../live/commands.ts'
import { drawn, model } from '../store.ts'

/** A command line that does the same, to be copied. */
export function Command({ text: command }: { text: string }) {
  drawn.value
  const text = onBus(command, model.bus)
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard?.writeText(text)
    setCopied(true)
  }
  return (
    <div class="command">
      <code>{text}</code>
      <button type="button" onClick={copy} aria-label={`Copy: ${text}`}>
        {copied ? 'Copied' : 'Copy'}
      </button>
    </div>
  )
}
