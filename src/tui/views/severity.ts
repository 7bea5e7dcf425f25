import type { ShownAlert } from '../../live/model/model.ts'
import type { Style } from '../draw/row.ts'
import type { Cell } from '../draw/table.ts'
import type { World } from '../world.ts'

const SIGNS = { critical: '■', warning: '▲', info: '●' } as const

/** A sign, a word and a colour: any one of them is enough. */
export function severity({ severity: how, status }: Pick<ShownAlert, 'severity' | 'status'>): Cell {
  return [`${SIGNS[how]} ${how}`, status === 'resolved' ? 'dim' : how]
}

/** The state of an alert, and why nobody is told of it. */
export function stateOf(world: World, alert: ShownAlert): string {
  const { acked, silenced, inhibited } = world.modelOf(alert.fingerprint)?.stands(alert) ?? {}
  const also = [acked !== undefined && `${acked} is on it`, silenced && 'silenced', inhibited && 'hidden', alert.flapping && 'flapping']
  return [alert.status, ...also.filter((each) => typeof each === 'string')].join(', ')
}

export const statusStyle = (status: ShownAlert['status']): Style => (status === 'firing' ? 'strong' : 'dim')
