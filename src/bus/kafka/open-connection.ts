import type { BrokerConnection, ConnectionContext } from './connection.ts'
import type { Address } from './settings.ts'

/** By our own sockets, or by kafkajs's where the URL says so; only the one that is asked for is loaded. @throws BrokerLost, SHITOPS_E_BUS_AUTH */
export async function openConnection(address: Address, context: ConnectionContext): Promise<BrokerConnection> {
  if (context.settings.client === 'kafkajs') return (await import('./kafkajs-connection.ts')).KafkajsConnection.open(address, context)
  return (await import('./wire/connection.ts')).WireConnection.open(address, context)
}
