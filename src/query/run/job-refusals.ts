import { ShitopsError } from '../../base/errors.ts'

/**
 * Why a job does not go on with what another query has left behind.
 * @param samePlan the state would fit, and what was read since its last snapshot does not
 */
export function ofAnotherQuery(job: string, samePlan: boolean, cause?: unknown): ShitopsError {
  const because = cause === undefined ? {} : { cause }
  if (!samePlan) {
    return new ShitopsError('SHITOPS_E_JOB_PLAN', `job ${job} has state of another query: its plan has changed`, {
      suggestions: ['give the new query another name (--job)', afresh(job)],
      ...because,
    })
  }
  return new ShitopsError(
    'SHITOPS_E_JOB_PLAN',
    `job ${job} was not stopped in order: what it read since its last snapshot can be made good by the old query only`,
    {
      suggestions: ['start it once with the old query, stop it with Ctrl-C or SIGTERM, then change the query', afresh(job)],
      ...because,
    },
  )
}

/** What a job has to take in again is not there any more, or gives other rows. */
export function inputGone(job: string, why: string): ShitopsError {
  return new ShitopsError('SHITOPS_E_JOB_INPUT', `job ${job} cannot go on where it was: ${why}`, {
    suggestions: ['keep the input for longer (retention.ms) than a job may stand still', afresh(job)],
  })
}

const afresh = (job: string): string => `start it afresh: shitops analyze sql --job ${job} --reset --yes …`
