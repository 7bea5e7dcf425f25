const KEY = 'shitops.token'

/** Of the browser's things what is used here. */
interface Kept {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
}
interface Place {
  readonly hash: string
  readonly pathname: string
}
interface Past {
  replaceState(data: unknown, unused: string, url: string): void
}

/**
 * The token of the address (`#token=…`), which never reaches a server, taken out of it so that it is in no bookmark and no screenshot; or the
 * one that this tab had before.
 */
export function takeToken(place: Place, past: Past, kept: Kept): string | undefined {
  const given = new URLSearchParams(place.hash.slice(1)).get('token')
  if (given === null || given === '') return kept.getItem(KEY) ?? undefined
  kept.setItem(KEY, given)
  past.replaceState(null, '', place.pathname)
  return given
}

export function keepToken(token: string, kept: Kept): void {
  kept.setItem(KEY, token)
}
