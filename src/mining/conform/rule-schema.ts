import { z } from 'zod'
import { parseDuration } from '../../base/duration.ts'
import { SEVERITIES } from './finding.ts'

const activity = z.string().min(1)
const activities = z.union([activity, z.array(activity).min(1)]).transform((one) => (typeof one === 'string' ? [one] : one))

const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0) return ms
  context.addIssue({ code: 'custom', message: `"${text}" is no duration, such as 36h or 5d` })
  return z.NEVER
})

const common = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9_-]*$/, 'a name is lower-case letters, digits, _ and -')
    .describe('what violations are called by'),
  severity: z.enum(SEVERITIES).default('warning'),
  process: z.string().min(1).optional().describe('only cases of this process'),
  min_amount: z.number().optional().describe('only cases of at least this amount'),
}

const kind = <const Kind extends string, Shape extends z.ZodRawShape>(name: Kind, shape: Shape) =>
  z.strictObject({ ...common, rule: z.literal(name), ...shape })

/** The kinds of rules (docs/workflow-conform.md). `*` in the name of an activity stands for anything. */
export const ruleSchema = z.discriminatedUnion('rule', [
  kind('four_eyes', { activities: z.array(activity).min(2) }),
  kind('segregation_of_duties', { duties: z.array(activities).min(2), across: z.enum(['case', 'cases']).default('case') }),
  kind('approval_limit', {
    activity: activities,
    limits: z
      .array(
        z.strictObject({ up_to: z.number().nullable(), persons: z.array(z.string()).default([]), teams: z.array(z.string()).default([]) }),
      )
      .min(1),
  }),
  kind('response', { activity: activities, followed_by: activities, within: duration.optional() }),
  kind('precedence', { activity: activities, after: activities, within: duration.optional() }),
  kind('absence', { activity: activities }),
  kind('exactly_once', { activity: activities }),
  kind('deadline', { activity: activities.optional(), within: duration.optional(), from: activities.optional() }),
])

export const rulesSchema = z.strictObject({
  /** Activities that end a case. */
  ends: activities.default([]),
  rules: z.array(ruleSchema).min(1),
})

export type Rule = z.output<typeof ruleSchema>
export type RuleKind = Rule['rule']
export type RuleOf<Kind extends RuleKind> = Extract<Rule, { rule: Kind }>
export interface RuleSet {
  ends: string[]
  rules: Rule[]
}
