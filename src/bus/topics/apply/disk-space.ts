import { ShitopsError } from '../../../base/errors.ts'
import type { ObservedCluster } from '../../admin.ts'
import type { Plan } from '../steps.ts'

/** Left free on a disk, whatever moves: a broker whose disk is full stops. */
const RESERVE = 0.05

/** @throws SHITOPS_E_DISK_SPACE where copies that are to move would not fit. Brokers that do not tell how full they are, are believed. */
export function checkDiskSpace({ steps }: Plan, { brokers }: ObservedCluster): void {
  const coming = new Map<number, number>()
  for (const step of steps) {
    if (step.kind !== 'move') continue
    for (const { adding, bytes } of step.moves) {
      for (const id of adding) coming.set(id, (coming.get(id) ?? 0) + (bytes ?? 0) / adding.length)
    }
  }
  for (const { id, freeBytes, bytes } of brokers) {
    const more = coming.get(id) ?? 0
    if (freeBytes === null || more <= Math.max(0, freeBytes - RESERVE * (freeBytes + (bytes ?? 0)))) continue
    throw new ShitopsError('SHITOPS_E_DISK_SPACE', `${Math.round(more)} bytes are to move to broker ${id}, which has ${freeBytes} left`, {
      suggestions: ['shorten retention first', 'give the broker more disk', 'shitops cluster describe'],
    })
  }
}
