import { useEffect, useRef } from 'preact/hooks'
import type { ChannelName } from '../live/protocol.ts'
import { Help } from './parts/help.tsx'
import { StatusBar } from './parts/status-bar.tsx'
import { TokenForm } from './parts/token-form.tsx'
import { channel, drawn, link, model, pause, paused, selected, showChannel } from './store.ts'
import { Finance } from './views/finance.tsx'
import { Operations } from './views/operations.tsx'

const TITLES: Record<ChannelName, string> = { finance: 'Finance', operations: 'Operations' }

export function App() {
  drawn.value
  const help = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => onKey(event, () => help.current?.showModal())
    addEventListener('keydown', pressed)
    return () => removeEventListener('keydown', pressed)
  }, [])
  const name = channel.value
  document.title = titleOf(name)
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header>
        <h1>shitops</h1>
        <nav aria-label="Views">
          {model.channels.map((each) => (
            <button type="button" key={each} aria-pressed={each === name} onClick={() => showChannel(each)}>
              {TITLES[each]}
            </button>
          ))}
        </nav>
        <StatusBar />
        <button type="button" aria-pressed={paused.value} onClick={() => pause(!paused.value)}>
          {paused.value ? 'Resume' : 'Pause'}
        </button>
        <button type="button" onClick={() => help.current?.showModal()}>
          Keys
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        {link.value === 'refused' ? (
          <TokenForm />
        ) : name === undefined ? (
          <p class="empty">Loading…</p>
        ) : name === 'finance' ? (
          <Finance />
        ) : (
          <Operations />
        )}
      </main>
      <Help dialog={help} />
    </>
  )
}

/** How bad it is can be read in the tab, too. */
function titleOf(name: ChannelName | undefined): string {
  const firing = [...model.alerts.values()].filter(({ status }) => status === 'firing').length
  return `${firing > 0 ? `(${firing}) ` : ''}${name === undefined ? '' : `${TITLES[name]} · `}shitops`
}

function onKey(event: KeyboardEvent, showHelp: () => void): void {
  const { key, target, ctrlKey, metaKey, altKey } = event
  if (key === 'Escape') selected.value = undefined
  if (ctrlKey || metaKey || altKey || (target as Element).closest('input, textarea, select, dialog')) return
  const channels = model.channels
  if (key === '/') {
    event.preventDefault()
    document.getElementById('search')?.focus()
  } else if (key === '?') showHelp()
  else if (key === 'p') pause(!paused.value)
  else {
    const chosen = channels[Number(key) - 1]
    if (chosen) showChannel(chosen)
  }
}
