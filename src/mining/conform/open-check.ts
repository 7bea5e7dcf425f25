import type { OpenCheck } from './check.ts'
import { approvalLimit } from './kinds/approval-limit.ts'
import { deadline } from './kinds/deadline.ts'
import { fourEyes } from './kinds/four-eyes.ts'
import { absence, exactlyOnce } from './kinds/occurrence.ts'
import { precedence } from './kinds/precedence.ts'
import { response } from './kinds/response.ts'
import { segregationOfDuties } from './kinds/segregation-of-duties.ts'
import type { Rule } from './rule-schema.ts'

/** The check of a rule. */
export function openCheckOf(rule: Rule): OpenCheck {
  switch (rule.rule) {
    case 'four_eyes':
      return fourEyes(rule)
    case 'segregation_of_duties':
      return segregationOfDuties(rule)
    case 'approval_limit':
      return approvalLimit(rule)
    case 'response':
      return response(rule)
    case 'precedence':
      return precedence(rule)
    case 'absence':
      return absence(rule)
    case 'exactly_once':
      return exactlyOnce(rule)
    case 'deadline':
      return deadline(rule)
  }
}
