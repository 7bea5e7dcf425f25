import type { LibrenmsCommand } from '../../../../events/index.ts'
import { type Action, Refusal } from '../action.ts'
import { Arguments } from '../arguments.ts'
import { deviceOf, memberOf } from '../rows.ts'

/** What LibreNMS does with alerts meanwhile: skip the check, mute, or run as ever. */
const BEHAVIORS = { skip: 1, mute: 2, run: 3 } as const

/** A window can be neither listed nor ended over the API: it must end by itself soon. */
const LONGEST = 24 * 60

interface Now {
  under: boolean
}

/** A maintenance window that begins now. One that runs already is not made longer: nobody can tell until when it runs. */
export const maintenance: Action<Now> = {
  async read(api, command) {
    await deviceOf(api, command)
    const under = memberOf(await api.call('GET', `/devices/${command.device_id}/maintenance`), 'is_under_maintenance', 'about maintenance')
    return { under: under === true || under === 1 || under === '1' }
  },

  fields: ({ under }) => ({ is_under_maintenance: under }),

  plan({ under }, command) {
    const args = new Arguments(command, ['minutes', 'duration', 'title', 'notes', 'behavior'])
    const minutes = minutesOf(command, args)
    const title = args.text('title', command.reason ?? 'shitops')
    const notes = args.text('notes', '')
    const behavior = behaviorOf(command)
    if (under) return { kind: 'no_op', detail: 'the device is under maintenance already; until when, LibreNMS does not tell' }
    return {
      kind: 'write',
      detail: `maintenance for ${clockText(minutes)}: ${title.slice(0, 200)}`,
      target: 'maintenance',
      value: minutes,
      write: (api) =>
        api.call('POST', `/devices/${command.device_id}/maintenance`, { duration: clockText(minutes), title, notes, behavior }),
    }
  },

  holds: ({ under }) => under,
}

/** Always with its colon: LibreNMS takes a duration without one, says 201, and makes a window that ended in 1970. */
export const clockText = (minutes: number) => `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`

function minutesOf(command: LibrenmsCommand, args: Arguments): number {
  if (!args.has('duration')) return args.integer('minutes', [1, LONGEST])
  if (args.has('minutes')) throw new Refusal('maintenance: either minutes or duration')
  const [, hours, minutes] = /^(\d{1,2}):([0-5]\d)$/.exec(String(command.arguments?.duration)) ?? []
  const all = Number(hours) * 60 + Number(minutes)
  if (!(all >= 1 && all <= LONGEST)) throw new Refusal('maintenance: duration must be H:MM, from 0:01 to 24:00')
  return all
}

function behaviorOf({ arguments: given }: LibrenmsCommand): number {
  const said = given?.behavior ?? 'mute'
  const [, number] = Object.entries(BEHAVIORS).find(([name, value]) => said === name || said === value) ?? []
  if (number === undefined) throw new Refusal('maintenance: behavior must be skip, mute or run')
  return number
}
