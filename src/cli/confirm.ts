import { ShitopsError } from '../base/errors.ts'

/** Refuse a destructive step that was not confirmed: SHITOPS_E_CONFIRM with the plan and what to type. @param plan one line, what would happen */
export function confirmed(flags: { yes?: boolean | undefined; confirm?: string | undefined }, name: string, plan: string): void {
  if (flags.yes || flags.confirm === name) return
  if (flags.confirm !== undefined) {
    throw new ShitopsError('SHITOPS_E_CONFIRM', `--confirm says "${flags.confirm}", but this is about "${name}"`, {
      suggestions: [`--confirm ${name}`],
    })
  }
  throw new ShitopsError('SHITOPS_E_CONFIRM', `${plan}; nothing was done, because it was not confirmed`, {
    suggestions: ['--yes to do it', '--dry-run to see it first'],
  })
}
