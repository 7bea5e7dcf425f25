import { realpathSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * What two URLs of the same bus have in common, however they are written: the real directory of an embedded bus, the set of brokers of a
 * Kafka cluster. (Two lists that share only some brokers of one cluster are not recognised.)
 */
export function busIdentity(url: string): string {
  const plain = url.replace(/\?.*$/s, '')
  if (plain.startsWith('embedded:')) return `embedded:${realDirectory(plain.slice('embedded:'.length))}`
  const brokers = plain.replace(/^kafka:\/\/(?:[^@/]*@)?/, '').replace(/\/.*$/, '')
  return `kafka:${brokers.toLowerCase().split(',').sort().join(',')}`
}

function realDirectory(directory: string): string {
  try {
    return realpathSync(directory)
  } catch {
    return resolve(directory)
  }
}
