import type { ShownAlert } from '../../live/model/model.ts'
import { model } from '../store.ts'

/** The state of an alert, and why nobody is told of it. */
export function stateOf(alert: ShownAlert): string {
  const { acked, silenced, inhibited } = model.stands(alert)
  const also = [
    acked !== undefined && `${acked} is on it`,
    silenced && 'silenced',
    inhibited && 'hidden by another',
    alert.flapping && 'comes and goes',
  ]
  return [alert.status, ...also.filter((each) => each !== false && each !== undefined)].join(', ')
}
