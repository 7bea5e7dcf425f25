import { ShitopsError } from '../../base/errors.ts'

/** The brokers of a bus, as the cluster's machines must reach them too. @throws SHITOPS_E_USAGE for a bus that Flink does not read */
export function brokersOf(busUrl: string): string[] {
  if (!busUrl.startsWith('kafka:')) {
    throw new ShitopsError('SHITOPS_E_USAGE', `a Flink cluster reads topics from Kafka, and this bus is ${busUrl.split(':')[0]}`, {
      suggestions: ['--bus kafka://HOST:PORT', 'without --engine it runs here'],
    })
  }
  return /^kafka:\/\/(?:[^@/]*@)?([^/?]+)/.exec(busUrl)?.[1]?.split(',') ?? []
}
