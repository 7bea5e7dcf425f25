import { useEffect, useState } from 'preact/hooks'
import { link, model, token } from '../store.ts'

const EVERY = 15_000
/** As long as there is none yet. */
const SOON = 3_000

/** The map of the workflow as the server draws it: what follows what, how often, how long, and where it gets stuck. */
export function WorkflowMap() {
  const [picture, setPicture] = useState<string | undefined>(undefined)
  const live = link.value === 'live'
  const begun = model.cases.completed > 0
  const drawn = picture !== undefined
  useEffect(() => {
    if (!live || !begun) return
    const fetchNow = async () => {
      const headers: Record<string, string> = token.value === undefined ? {} : { authorization: `Bearer ${token.value}` }
      const answer = await fetch('/api/v1/workflow/map', { headers }).catch(() => undefined)
      if (answer?.ok) setPicture(((await answer.json()) as { svg: string | null }).svg ?? undefined)
    }
    void fetchNow()
    const timer = setInterval(() => document.visibilityState === 'visible' && void fetchNow(), drawn ? EVERY : SOON)
    return () => clearInterval(timer)
  }, [live, begun, drawn])
  return (
    <section class="card wide" aria-labelledby="map">
      <h2 id="map">How the work flows</h2>
      {picture === undefined ? (
        <p class="empty">
          {begun
            ? 'The map is on its way: it begins with the first case that goes from one step to another.'
            : 'No case has been worked on yet.'}
        </p>
      ) : (
        // As an image: nothing in a picture can run, and the page's styles stay out of it.
        <section class="map" tabIndex={0} aria-label="Map of the workflow">
          <img alt={textOf(picture)} src={`data:image/svg+xml,${encodeURIComponent(picture)}`} />
        </section>
      )}
    </section>
  )
}

/** What the picture says of itself. */
function textOf(svg: string): string {
  const { documentElement } = new DOMParser().parseFromString(svg, 'image/svg+xml')
  return (
    [...documentElement.querySelectorAll(':scope > title, :scope > desc')].map(({ textContent }) => textContent).join('. ') ||
    'Map of the workflow'
  )
}
