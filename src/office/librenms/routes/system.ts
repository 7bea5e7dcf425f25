import { encode } from '../json.ts'
import { bare, list } from './answers.ts'
import type { Answer, Call, Route } from './call.ts'

/** @param table the routes that GET / lists */
export function systemRoutes(table: () => readonly Route[]): readonly Route[] {
  return [
    { name: 'server_info', method: 'GET', path: 'system', rights: 'view', handle: system },
    { name: 'ping', method: 'GET', path: 'ping', rights: 'view', handle: () => bare({ message: 'pong' }) },
    { name: '', method: 'GET', path: '', rights: 'view', handle: (call) => routeMap(call, table()) },
  ]
}

function system(call: Call): Answer {
  const info = {
    local_ver: call.quirks.version,
    local_sha: '0123abcd4567ef890123abcd4567ef890123abcd',
    local_date: '1786868402',
    local_branch: 'master',
    db_schema: '2026_08_10_090000_example (412)',
    php_ver: '8.4.11',
    python_ver: '3.13.5',
    database_ver: 'MariaDB 11.8.3-MariaDB-0+deb13u1',
    rrdtool_ver: '1.7.2',
    netsnmp_ver: '5.9.4.pre2',
  }
  return list(call, 'system', [info], (row) => row)
}

/** Name to address, in the order of the names: how a client finds out what this version has. Slashes are not escaped here. */
function routeMap({ base, quirks }: Call, table: readonly Route[]): Answer {
  const named = table.filter(({ name }) => name !== '' && !quirks.missing.includes(name))
  const map = Object.fromEntries(
    named.map(({ name, path }) => [name, `${base}api/v0/${path.replaceAll('*}', '}')}`] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
  )
  return bare(map, encode(map).replaceAll('\\/', '/'))
}
