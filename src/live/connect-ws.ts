import { ShitopsError } from '../base/errors.ts'
import type { Connect, SocketLike } from './client.ts'

/**
 * Sockets of the package `ws`, for programs; a browser has its own. Apart from the client, so that a page does not load it.
 * @throws SHITOPS_E_NO_MODULE
 */
export async function connectByWs(): Promise<Connect> {
  try {
    const { WebSocket } = await import('ws')
    return (url, protocols) => new WebSocket(url, protocols, { perMessageDeflate: false }) as unknown as SocketLike
  } catch (error) {
    throw new ShitopsError('SHITOPS_E_NO_MODULE', 'the package ws is not there', { suggestions: ['npm ci'], cause: error })
  }
}
