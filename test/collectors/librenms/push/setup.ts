import { silentLogger } from '../../../../src/base/log.ts'
import { LibrenmsV0 } from '../../../../src/collectors/librenms/client/v0.ts'
import type { ActionName } from '../../../../src/collectors/librenms/push/action.ts'
import { ALLOWED_BY_DEFAULT } from '../../../../src/collectors/librenms/push/actions/index.ts'
import type { Outcome } from '../../../../src/collectors/librenms/push/outcome.ts'
import { OwnWrites } from '../../../../src/collectors/librenms/push/own-writes.ts'
import { type PerformOptions, perform } from '../../../../src/collectors/librenms/push/perform.ts'
import { RateLimit } from '../../../../src/collectors/librenms/push/rate-limit.ts'
import type { LibrenmsCommand } from '../../../../src/events/index.ts'
import type { Quirks } from '../../../../src/office/librenms/quirks.ts'
import type { Device } from '../../../../src/office/librenms/world/device.ts'
import { type Bench, TOKEN, useLibrenms } from '../../../office/librenms/setup.ts'

export interface PushBench extends Bench {
  device(): Device
  api(): LibrenmsV0
  command(action: ActionName, given?: Partial<LibrenmsCommand>): LibrenmsCommand
  /** Do it, as with --yes unless told otherwise. */
  done(command: LibrenmsCommand, options?: Partial<PerformOptions>): Promise<Outcome | undefined>
  /** Requests that change something, so far. */
  writes(): number
}

const WRITES: ReadonlySet<string> = new Set([
  ...['add_device', 'update_device_field', 'add_eventlog', 'add_components', 'edit_components', 'ack_alert', 'unmute_alert'],
  ...[
    'maintenance_device',
    'update_port_description',
    'del_device',
    'rename_device',
    'delete_components',
    'delete_rule',
    'edit_rule',
    'add_rule',
  ],
])

/** A LibreNMS, its client, and one command after the other. */
export function usePush(quirks: Partial<Quirks> = {}): PushBench {
  const bench = useLibrenms({ quirks }) as PushBench
  let api: LibrenmsV0
  let shared: Pick<PerformOptions, 'ownWrites' | 'rateLimit'>
  let ids = 0
  beforeEach(() => {
    const connection = { url: bench.server.url, token: TOKEN, attempts: 2 }
    api = new LibrenmsV0(connection, { clock: bench.clock, signal: new AbortController().signal, random: () => 0 })
    shared = { ownWrites: new OwnWrites(), rateLimit: new RateLimit(bench.clock, 30) }
  })
  afterEach(() => api.close())
  bench.api = () => api
  bench.device = () => bench.world.device(1)
  bench.command = (action, given = {}) => ({
    event_time: new Date(bench.clock.now()).toISOString(),
    command_id: `cmd-${++ids}`,
    device_id: 1,
    action,
    ...given,
  })
  bench.done = (command, options = {}) =>
    perform(command, {
      api,
      write: true,
      allowed: new Set(ALLOWED_BY_DEFAULT),
      maxAge: 15 * 60_000,
      ...shared,
      clock: bench.clock,
      signal: new AbortController().signal,
      logger: silentLogger,
      ...options,
    })
  bench.writes = () =>
    [...bench.server.traffic.routes].filter(([name]) => WRITES.has(name)).reduce((sum, [, { requests }]) => sum + requests, 0)
  return bench
}
