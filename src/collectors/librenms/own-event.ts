/** Of a row of LibreNMS's event log, what tells whose it is. */
export interface EventAuthor {
  type: string | null
  username: string | null
  message: string | null
}

/** Types of the rows that our own writing leaves behind. */
const OWN_TYPES: ReadonlySet<string> = new Set(['shitops'])

/**
 * Whether we wrote an event ourselves, or caused it by writing: events of type `shitops`, those of our components' attributes, and all that the
 * user of our token did. Answering them would go round in a circle. A component whose status alone changes is told by its id and the user only.
 *
 * @param users of LibreNMS that are us
 */
export function isOwnEvent({ type, username, message }: EventAuthor, users: ReadonlySet<string>): boolean {
  if (type !== null && OWN_TYPES.has(type)) return true
  if (username !== null && users.has(username)) return true
  return type === 'component' && /^Component: shitops\(/.test(message ?? '')
}
