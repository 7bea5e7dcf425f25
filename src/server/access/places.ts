/** Which addresses a request may name. A page of somebody else's must not be able to use a server on this machine: neither by its own origin
 * (cross-site WebSocket hijacking), nor by a name of its own that leads here (DNS rebinding). */
export interface PlaceRules {
  /** Host names beside the loopback ones, lower case, without a port. */
  readonly hosts: readonly string[]
  /** Origins beside the server's own: `https://dash.example`. */
  readonly origins: readonly string[]
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']

/** Whether the `Host` of a request is one of ours. */
export function hostAllowed(host: string | undefined, { hosts }: PlaceRules): boolean {
  const name = nameOf(host)
  return name !== undefined && (LOOPBACK.includes(name) || hosts.includes(name))
}

/** Whether the page that sends the request may. One without an `Origin` is no page: curl, Prometheus, our own client. */
export function originAllowed(origin: string | undefined, host: string | undefined, tls: boolean, { origins }: PlaceRules): boolean {
  if (origin === undefined) return true
  const ours = `${tls ? 'https' : 'http'}://${host?.toLowerCase()}`
  return origin.toLowerCase() === ours || origins.includes(origin.toLowerCase())
}

/** `example.org` of `Example.org:7468`, `[::1]` of `[::1]:7468`; undefined for what is no host. */
function nameOf(host: string | undefined): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[^\s:[\]/@?#]+)(?::\d{1,5})?$/i.exec(host ?? '')
  return match?.[1]?.toLowerCase()
}
