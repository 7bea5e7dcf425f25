import type { Cluster } from '../cluster.ts'
import { CODE } from '../codes.ts'
import type { BrokerConnection } from '../connection.ts'
import { BrokerRefusal, checkCode } from '../failures.ts'
import { type Moving, movingCall } from './reassign.ts'

/** How long the controllers may take, ms. */
export const ADMIN_MS = 10_000

/** The broker to send a request to that the controller answers: any one passes it on in KRaft, with ZooKeeper it must be that one. */
export async function controllerOf(cluster: Cluster): Promise<BrokerConnection> {
  const { controller, brokers } = cluster.map
  return brokers.has(controller) ? cluster.broker(controller) : cluster.any()
}

/** The moves that run. */
export async function askMoving(cluster: Cluster): Promise<Moving[]> {
  const timeoutMs = ADMIN_MS + cluster.context.settings.requestTimeout
  const { code, message, moving } = await (await controllerOf(cluster)).send(movingCall(ADMIN_MS), timeoutMs)
  if (code === CODE.NOT_CONTROLLER) {
    await cluster.refresh([])
    throw new BrokerRefusal(code, 'listing moves')
  }
  checkCode(code, 'listing moves', message)
  return moving
}
