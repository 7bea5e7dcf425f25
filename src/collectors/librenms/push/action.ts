import type { LibrenmsCommand } from '../../../events/index.ts'
import type { Answer, LibrenmsApi } from '../client/api.ts'

/** What writing back needs of the API. */
export type PushApi = Pick<LibrenmsApi, 'call' | 'alert' | 'device' | 'notesOf'>

export type ActionName = LibrenmsCommand['action']

/** What is now, by the names that `expected` of a command may use. */
export type Fields = Readonly<Record<string, unknown>>

/** What is to be done, after looking at what is. */
export type Plan =
  | { kind: 'no_op'; detail: string }
  | {
      kind: 'write'
      /** What it does, for people: "notes: block of 2 lines". */
      detail: string
      /** What it sets, where: the same again and again is a loop. */
      target: string
      value: unknown
      /** Throws LibrenmsFailure where no answer of LibreNMS's came: then it may or may not have been done. */
      write(api: PushApi): Promise<Answer>
    }

/** One kind of write-back. `Now` is what it reads before and after. */
export interface Action<Now> {
  /** Reads what the command is about. @throws Refusal where there is no such thing */
  read(api: PushApi, command: LibrenmsCommand): Promise<Now>
  /** Of what was read, what `expected` is compared with. */
  fields(now: Now, command: LibrenmsCommand): Fields
  /** Of these, what goes into the result; all when absent. A person's words stay where they are. */
  shown?: readonly string[]
  /** @throws Refusal for arguments that cannot be done */
  plan(now: Now, command: LibrenmsCommand): Plan
  /** After writing: whether it is there. 200 proves nothing. */
  holds(after: Now, command: LibrenmsCommand, before: Now): boolean
  /** Where it is not there: what shows that somebody else wrote at the same moment, for people; undefined: nothing does. */
  raced?(after: Now, before: Now): string | undefined
}

/** A command that is not done, and why; for people, never with a secret. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}
