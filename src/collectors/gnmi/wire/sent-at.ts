import type { SubscribeResponse } from './response.ts'

/** ms of one in the upper half of a time in ns. */
const HIGH = 2 ** 32 / 1e6

/** When a notification was sent, or its values last changed, as the target has it: ms since the epoch, to a microsecond; 0 where it has none. */
export function sentAt({ timestampHi, timestampLo }: SubscribeResponse): number {
  return timestampHi * HIGH + (timestampLo >>> 0) / 1e6
}
