import { ShitopsError } from '../../../base/errors.ts'

/**
 * The address of the API: `https://nms.example` and `https://nms.example/librenms/` become `…/api/v0`.
 * @throws SHITOPS_E_USAGE
 */
export function apiAddress(url: string): string {
  let parsed: URL
  try {
    parsed = new URL(url)
  } catch {
    throw refused(`"${url}" is not the address of a LibreNMS`)
  }
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:') throw refused(`"${parsed.protocol}" is not how a LibreNMS is reached`)
  if (parsed.username !== '' || parsed.password !== '' || parsed.search !== '') {
    throw refused('the address of a LibreNMS holds no credentials and no parameters')
  }
  const path = parsed.pathname.replace(/\/+$/, '')
  return `${parsed.origin}${/\/api\/v\d+$/.test(path) ? path : `${path}/api/v0`}`
}

const refused = (message: string) =>
  new ShitopsError('SHITOPS_E_USAGE', message, { suggestions: ['--url https://nms.example --token-file FILE'] })
