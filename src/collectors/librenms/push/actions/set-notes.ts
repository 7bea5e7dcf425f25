import type { LibrenmsCommand } from '../../../../events/index.ts'
import { type Action, Refusal } from '../action.ts'
import { Arguments } from '../arguments.ts'
import { blockOf, CLOSE, OPEN, withBlock } from '../notes-block.ts'
import { notesOf } from '../rows.ts'
import { sameValue } from '../same-value.ts'

interface Now {
  notes: string
}

/** Our block within the notes of a device. What people wrote around it is theirs, to the letter. */
export const setNotes: Action<Now> = {
  read: async (api, command) => ({ notes: await notesOf(api, command) }),

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

  /** To the letter, what is around the block too. */
  holds: (after, command, before) => sameValue(after.notes, withBlock(before.notes, textOf(command))),

  raced: (after, before) =>
    sameValue(after.notes, before.notes) ? undefined : 'somebody else wrote the notes at the same moment, and theirs are what is there now',
}

function textOf(command: LibrenmsCommand): string {
  const text = new Arguments(command, ['text']).text('text', '').trim()
  if (text.includes(OPEN) || text.includes(CLOSE)) throw new Refusal(`set_notes: the text must not have ${OPEN} or ${CLOSE} in it`)
  return text
}
