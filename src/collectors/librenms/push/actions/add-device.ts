import type { LibrenmsCommand } from '../../../../events/index.ts'
import type { Row } from '../../client/api.ts'
import { LibrenmsFailure } from '../../client/failures.ts'
import { isSecretName } from '../../client/redact.ts'
import { type Action, Refusal } from '../action.ts'
import { Arguments } from '../arguments.ts'
import { isObject } from '../rows.ts'

const TEXTS = ['hostname', 'snmpver', 'transport', 'overwrite_ip', 'display_template', 'location', 'os', 'sysName', 'hardware'] as const
const NUMBERS = ['port', 'poller_group', 'port_association_mode', 'location_id'] as const
const FLAGS = ['force_add', 'ping_fallback', 'snmp_disable', 'override_sysLocation'] as const
const NAMES = [...TEXTS, ...NUMBERS, ...FLAGS]

/** A host name or an address, and nothing that could be more of a path. */
const HOSTNAME = /^(?=.{1,253}$)[A-Za-z0-9][A-Za-z0-9._:-]*$/

interface Now {
  row: Row | undefined
}

/**
 * A device more. SNMP credentials are never in a command, which lies on the bus: LibreNMS tries those of its own settings. What is sent is
 * never logged, and an answer that the device is there already is as good as one that it was added.
 */
export const addDevice: Action<Now> = {
  async read(api, command) {
    const { ok, status, message, body } = await api.call('GET', `/devices/${encodeURIComponent(hostnameOf(command))}`)
    if (ok && isObject(body) && Array.isArray(body.devices)) return { row: body.devices.find(isObject) }
    if (status === 404 && !/route doesn't exist/i.test(message)) return { row: undefined }
    throw new LibrenmsFailure('SHITOPS_E_LIBRENMS_REFUSED', `LibreNMS does not tell whether it has the device (${status}): ${message}`, {
      status,
    })
  },

  fields: ({ row }, command) => ({ hostname: hostnameOf(command), device_id: row ? Number(row.device_id) : null }),

  plan({ row }, command) {
    const body = bodyOf(command)
    if (row) return { kind: 'no_op', detail: `${hostnameOf(command)} is device ${row.device_id}` }
    return {
      kind: 'write',
      detail: `${hostnameOf(command)} is added${body.snmp_disable ? ', by ping only' : ''}`,
      target: `device ${hostnameOf(command)}`,
      value: hostnameOf(command),
      write: async (api) => {
        const answer = await api.call('POST', '/devices', body)
        // As a 500. Somebody else was faster: what counts is what is there afterwards.
        return /already (exists|have)/i.test(answer.message) ? { ...answer, ok: true } : answer
      },
    }
  },

  holds: ({ row }) => row !== undefined,
}

function hostnameOf(command: LibrenmsCommand): string {
  const hostname = command.arguments?.hostname
  if (typeof hostname !== 'string' || !HOSTNAME.test(hostname)) throw new Refusal('add_device: hostname must be a host name or an address')
  if (/^\d+$/.test(hostname)) throw new Refusal('add_device: LibreNMS takes a host name of digits alone for the id of a device')
  return hostname
}

function bodyOf(command: LibrenmsCommand): Record<string, unknown> {
  const secret = Object.keys(command.arguments ?? {}).find(isSecretName)
  if (secret !== undefined)
    throw new Refusal(`add_device: ${secret} is a credential and must not be in a command; set it in LibreNMS, which tries those it knows`)
  const args = new Arguments(command, NAMES)
  const given = (names: readonly string[], read: (name: string) => unknown) =>
    Object.fromEntries(names.filter((name) => args.has(name)).map((name) => [name, read(name)]))
  return {
    ...given(TEXTS, (name) => args.text(name)),
    ...given(NUMBERS, (name) => args.integer(name, [0, 65_535])),
    ...given(FLAGS, (name) => args.flag(name)),
  }
}
