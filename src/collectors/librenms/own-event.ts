/** Of a row of LibreNMS's event log, what tells whose it is. */
export interface EventAuthor {
  type?: unknown
  username?: unknown
  message?: unknown
  reference?: unknown
}

export interface Ourselves {
  /** LibreNMS's name of the user whose token writes, where it is known. */
  username?: string | undefined
  /** Ids of our components. */
  components?: ReadonlySet<string>
}

/**
 * Whether we wrote an event ourselves, or caused it by writing: events of type `shitops`, those of our components, and all that the user of our
 * token did. Answering them would go round in a circle.
 */
export function isOwnEvent({ type, username, message, reference }: EventAuthor, ourselves: Ourselves = {}): boolean {
  if (type === 'shitops') return true
  if (ourselves.username !== undefined && ourselves.username !== '' && username === ourselves.username) return true
  if (type !== 'component') return false
  // The event of an attribute names the component's type, that of a status only its id.
  return /^Component: shitops\(/.test(String(message)) || ourselves.components?.has(String(reference)) === true
}
