import type { LibrenmsCommand, LibrenmsResult } from '../../../events/index.ts'

/** What became of a command, before it is a record. */
export type Outcome = Pick<LibrenmsResult, 'outcome' | 'detail' | 'http_status' | 'observed'> & { attempts?: number }

/** Longest detail, characters: it goes to people and may quote LibreNMS. */
const LONGEST = 500

export function resultOf(command: LibrenmsCommand, outcome: Outcome, now: number): LibrenmsResult {
  const { detail, ...rest } = outcome
  return {
    event_time: new Date(now).toISOString(),
    command_id: command.command_id,
    device_id: command.device_id,
    ...(command.instance !== undefined && { instance: command.instance }),
    action: command.action,
    ...rest,
    ...(detail !== undefined && detail !== '' && { detail: detail.slice(0, LONGEST) }),
  }
}
