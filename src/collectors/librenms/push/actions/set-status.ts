import type { LibrenmsCommand } from '../../../../events/index.ts'
import type { Row } from '../../client/api.ts'
import { LibrenmsFailure } from '../../client/failures.ts'
import { type Action, type PushApi, Refusal } from '../action.ts'
import { Arguments } from '../arguments.ts'
import { deviceOf, isObject, memberOf } from '../rows.ts'
import { sameValue } from '../same-value.ts'

/** Type of our components. */
export const OWN_COMPONENT_TYPE = 'shitops'

/** Component states of LibreNMS. */
const STATES = { ok: 0, warning: 1, critical: 2 } as const

const LONGEST_LABEL = 200
const LONGEST_ERROR = 250

interface Component {
  id: string
  row: Row
}

interface Now {
  /** Of this label. */
  component: Component | undefined
  /** One of ours that never got its label: what a run that was killed has left. */
  blank: Component | undefined
}

interface Wanted {
  label: string
  status: number
  error: string
}

/**
 * What shitops thinks of a device, as a component of it: alert rules of LibreNMS can look at `component.status`. A PUT takes away the
 * attributes that it does not name, so that all of them are sent again.
 */
export const setStatus: Action<Now> = {
  async read(api, command) {
    await deviceOf(api, command)
    const label = new Arguments(command, NAMES).text('label', 'shitops')
    const answer = await api.call('GET', `/devices/${command.device_id}/components?type=${OWN_COMPONENT_TYPE}`)
    const all = ours(memberOf(answer, 'components', 'the components of the device'))
    return { component: all.find(({ row }) => row.label === label), blank: all.find(({ row }) => sameValue(row.label, '')) }
  },

  fields: ({ component }) => ({
    status: component ? Number(component.row.status) : null,
    error: component ? (component.row.error ?? '') : null,
    component_id: component ? Number(component.id) : null,
  }),

  plan({ component, blank }, command) {
    const wanted = wantedOf(command)
    const attributes = attributesOf(command)
    if (component && says(component.row, wanted, attributes)) return { kind: 'no_op', detail: `component ${component.id} says so already` }
    return {
      kind: 'write',
      detail: `component "${wanted.label}": status ${wanted.status}${wanted.error === '' ? '' : `, ${wanted.error}`}`,
      target: `component ${wanted.label}`,
      value: [wanted.status, wanted.error],
      write: async (api) => {
        const { id, row } = component ?? blank ?? (await created(api, command))
        const { type: _, id: __, ...kept } = row as Record<string, unknown>
        return api.call(
          'PUT',
          `/devices/${command.device_id}/components`,
          { [id]: { ...kept, ...attributes, ...wanted } },
          { idempotent: true },
        )
      },
    }
  },

  holds: ({ component }, command, before) =>
    component !== undefined &&
    says(component.row, wantedOf(command), attributesOf(command)) &&
    Object.keys(before.component?.row ?? {}).every((name) => name in component.row),
}

const NAMES = ['label', 'status', 'message', 'attributes']

function wantedOf(command: LibrenmsCommand): Wanted {
  const args = new Arguments(command, NAMES)
  const label = args.text('label', 'shitops')
  if (label.trim() === '' || label.length > LONGEST_LABEL) throw new Refusal(`set_status: label must have 1 to ${LONGEST_LABEL} characters`)
  const given = command.arguments?.status
  const status =
    typeof given === 'string' && Object.hasOwn(STATES, given) ? STATES[given as keyof typeof STATES] : args.integer('status', [0, 2])
  return { label, status, error: args.text('message', '').slice(0, LONGEST_ERROR) }
}

/** Attributes are texts; the fields that every component has are not among them. */
function attributesOf({ arguments: given, fingerprint }: LibrenmsCommand): Record<string, string> {
  const attributes = given?.attributes ?? {}
  if (!isObject(attributes)) throw new Refusal('set_status: attributes must be names and texts')
  const all = { ...attributes, ...(fingerprint !== undefined && { fingerprint }) }
  for (const [name, value] of Object.entries(all)) {
    if (!/^[a-z][a-z0-9_]{0,49}$/.test(name) || RESERVED.has(name))
      throw new Refusal(`set_status: "${name.slice(0, 50)}" cannot be an attribute`)
    if (typeof value !== 'string' || value.length > LONGEST_ERROR) throw new Refusal(`set_status: attribute ${name} must be a text`)
  }
  return all as Record<string, string>
}

const RESERVED = new Set(['id', 'type', 'label', 'status', 'ignore', 'disabled', 'error', 'device_id'])

const says = (row: Row, wanted: Wanted, attributes: Record<string, string>) =>
  Object.entries({ ...wanted, ...attributes }).every(([name, value]) => sameValue(row[name], value))

/** Keyed by id; the key is absent where the device has none. Others' components are none of ours. */
function ours(components: unknown): Component[] {
  if (!isObject(components)) return []
  return Object.entries(components).flatMap(([id, row]) =>
    /^\d+$/.test(id) && isObject(row) && row.type === OWN_COMPONENT_TYPE ? [{ id, row }] : [],
  )
}

async function created(api: PushApi, { device_id: device }: LibrenmsCommand): Promise<Component> {
  const answer = await api.call('POST', `/devices/${device}/components/${OWN_COMPONENT_TYPE}`)
  const [component] = ours(memberOf(answer, 'components', 'the new component'))
  if (component) return component
  throw new LibrenmsFailure('SHITOPS_E_LIBRENMS_BROKEN', 'LibreNMS made a component and does not tell its id')
}
