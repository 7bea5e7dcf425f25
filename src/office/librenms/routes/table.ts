import { ALERT_WRITE_ROUTES } from './alert-writes.ts'
import { ALERT_ROUTES } from './alerts.ts'
import { error, frameworkError } from './answers.ts'
import type { Answer, Call, Route } from './call.ts'
import { COMPONENT_ROUTES } from './components.ts'
import { DEVICE_WRITE_ROUTES } from './device-writes.ts'
import { DEVICE_ROUTES } from './devices.ts'
import { EMPTY_ROUTES } from './empty.ts'
import { HEALTH_ROUTES } from './health.ts'
import { LOG_ROUTES } from './logs.ts'
import { OTHER_WRITE_ROUTES } from './other-writes.ts'
import { PORT_ROUTES } from './ports.ts'
import { RESOURCE_ROUTES } from './resources.ts'
import { systemRoutes } from './system.ts'

/** In the order in which they are tried. */
export const ROUTES: readonly Route[] = [
  ...systemRoutes(() => ROUTES),
  ...ALERT_WRITE_ROUTES,
  ...ALERT_ROUTES,
  ...LOG_ROUTES,
  ...RESOURCE_ROUTES,
  ...HEALTH_ROUTES,
  ...COMPONENT_ROUTES,
  ...EMPTY_ROUTES,
  ...PORT_ROUTES,
  ...DEVICE_WRITE_ROUTES,
  ...OTHER_WRITE_ROUTES,
  ...DEVICE_ROUTES,
]

export interface Match {
  route: Route
  params: Record<string, string>
}

const PATTERNS = ROUTES.map((route) => ({ route, pattern: patternOf(route.path) }))

/** @param path behind `/api/v0/`, still percent-encoded: `%2F` is a part of a name */
export function match(method: string, path: string, missing: readonly string[]): Match | undefined {
  for (const { route, pattern } of PATTERNS) {
    if (route.method !== method || missing.includes(route.name)) continue
    const groups = pattern.exec(path)?.groups
    if (!groups && !pattern.test(path)) continue
    const params: Record<string, string> = {}
    for (const [name, value] of Object.entries(groups ?? {})) if (value !== undefined) params[name] = decode(value)
    return { route, params }
  }
  return undefined
}

/** There is no 405: what no route takes, of whatever method, does not exist. */
export function notFound(): Answer {
  return error(404, "This API route doesn't exist.")
}

export function answer(route: Route, call: Call): Answer {
  const { rights } = call.user
  const allowed = route.rights === 'view' || rights === 'admin' || (route.rights === 'read' && rights === 'global-read')
  return allowed ? route.handle(call) : frameworkError(403, 'This action is unauthorized.')
}

function patternOf(path: string): RegExp {
  const parts = path.split('/').map((part) => {
    const [, name, kind] = /^\{(\w+)([?*]?)\}$/.exec(part) ?? []
    if (name === undefined) return `/${part}`
    if (kind === '?') return `(?:/(?<${name}>[^/]+))?`
    return kind === '*' ? `/(?<${name}>.+)` : `/(?<${name}>[^/]+)`
  })
  return new RegExp(`^${parts.join('').slice(path.startsWith('{') ? 0 : 1)}$`)
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
