import type { LibrenmsCommand } from '../../../../events/index.ts'
import { type Action, Refusal } from '../action.ts'
import { Arguments } from '../arguments.ts'
import { blockOf, CLOSE, OPEN, withBlock } from '../notes-block.ts'
import { deviceOf } from '../rows.ts'
import { sameValue } from '../same-value.ts'

interface Now {
  notes: string
}

/** Our block within the notes of a device. What people wrote around it is theirs, to the letter. */
export const setNotes: Action<Now> = {
  async read(api, command) {
    const { notes } = await deviceOf(api, command)
    return { notes: typeof notes === 'string' ? notes : '' }
  },

  fields: ({ notes }) => ({ notes, block: blockOf(notes) ?? null }),
  shown: ['block'],

  plan({ notes }, command) {
    const wanted = withBlock(notes, textOf(command))
    if (sameValue(wanted, notes)) return { kind: 'no_op', detail: 'the block says so already' }
    return {
      kind: 'write',
      detail: textOf(command) === '' ? 'notes: our block goes' : `notes: our block says ${textOf(command).slice(0, 200)}`,
      target: 'notes',
      value: textOf(command),
      write: (api) => api.call('PATCH', `/devices/${command.device_id}`, { field: 'notes', data: wanted }, { idempotent: true }),
    }
  },

  /** To the letter: if somebody wrote at the same moment, one of the two is lost, and that must be told. */
  holds: (after, command, before) => sameValue(after.notes, withBlock(before.notes, textOf(command))),
}

function textOf(command: LibrenmsCommand): string {
  const text = new Arguments(command, ['text']).text('text', '').trim()
  if (text.includes(OPEN) || text.includes(CLOSE)) throw new Refusal(`set_notes: the text must not have ${OPEN} or ${CLOSE} in it`)
  return text
}
