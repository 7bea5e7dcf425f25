import type { Value } from '../json.ts'
import type { Quirks } from '../quirks.ts'
import type { Rendering } from '../rows/device-row.ts'
import type { Device } from '../world/device.ts'
import type { World } from '../world/world.ts'

/** `admin` may all, `global-read` reads all, `none` is a user to whom no device was given. */
export type Rights = 'admin' | 'global-read' | 'none'

export interface User {
  username: string
  rights: Rights
}

/** A request whose route and user are known. */
export interface Call {
  world: World
  quirks: Quirks
  rendering: Rendering
  user: User
  /** Decoded parts of the path by the route's names. */
  params: Readonly<Record<string, string>>
  query: URLSearchParams
  /** Of JSON; undefined when it is none. */
  body: unknown
  /** `http://127.0.0.1:8000/` */
  base: string
}

export interface Answer {
  status: number
  type: 'application/json' | 'text/html; charset=UTF-8'
  /** Pieces of the body: large lists are made while they are sent. */
  body: Iterable<string>
}

export interface Route {
  /** As GET / lists it; routes without one are not listed. */
  name: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Laravel's way: `devices/{hostname}/health/{type?}`; `{rest*}` takes slashes too. */
  path: string
  /** `view`: anybody, for devices that he may see; `read`: global read; `write`: administrators. */
  rights: 'view' | 'read' | 'write'
  handle: (call: Call) => Answer
}

/** Whether the user may see all devices; there are no others to whom single devices are given. */
export function seesAll({ world, user }: Call): boolean {
  return user.rights !== 'none' && !world.viewAllRevoked
}

/** The device of the path's `hostname`. Nothing when there is none: most routes then look for rows of no device. */
export function deviceOf(call: Call): Device | undefined {
  return call.world.inventory.find(call.params.hostname ?? '')
}

/** The body where it is a JSON object; empty otherwise, as PHP reads missing keys as null. */
export function bodyOf(call: Call): Record<string, Value> {
  return call.body !== null && typeof call.body === 'object' && !Array.isArray(call.body) ? (call.body as Record<string, Value>) : {}
}
