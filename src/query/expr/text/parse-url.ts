const URL_PARTS = /^([A-Za-z][A-Za-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/

/** PARSE_URL(url, part [, key of QUERY]) with the parts of java.net.URL; null when it is no URL or there is no such part. */
export function parseUrl(url: string, part: string, key?: string): string | null {
  const match = URL_PARTS.exec(url)
  if (!match) return null
  const [, protocol = '', authority, path = '', query, ref] = match
  if (part === 'QUERY' && key !== undefined) return parameterOf(query, key)
  if (key !== undefined) return null
  switch (part) {
    case 'PROTOCOL':
      return protocol
    case 'AUTHORITY':
      return authority ?? null
    case 'HOST':
      return hostOf(authority)
    case 'USERINFO':
      return authority?.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : null
    case 'PATH':
      return path
    case 'FILE':
      return query === undefined ? path : `${path}?${query}`
    case 'QUERY':
      return query ?? null
    case 'REF':
      return ref ?? null
    default:
      return null
  }
}

function hostOf(authority: string | undefined): string | null {
  if (authority === undefined) return null
  return authority.slice(authority.lastIndexOf('@') + 1).replace(/:\d*$/, '')
}

function parameterOf(query: string | undefined, key: string): string | null {
  for (const pair of (query ?? '').split('&')) {
    const at = pair.indexOf('=')
    if (at >= 0 && pair.slice(0, at) === key) return pair.slice(at + 1)
  }
  return null
}
