import { expect } from 'chai'
import type { ShitopsError } from '../../../src/base/errors.ts'
import { parseKafkaUrl } from '../../../src/bus/kafka/settings.ts'

function refused(url: string): ShitopsError {
  try {
    parseKafkaUrl(url)
  } catch (error) {
    return error as ShitopsError
  }
  throw new Error(`${url} should have been refused`)
}

describe('a kafka:// URL', () => {
  it('names brokers, with 9092 as the port', () => {
    expect(parseKafkaUrl('kafka://one').brokers).to.deep.equal([{ host: 'one', port: 9092 }])
    expect(parseKafkaUrl('kafka://h1:9093,10.0.0.2,[::1]:9094/').brokers).to.deep.equal([
      { host: 'h1', port: 9093 },
      { host: '10.0.0.2', port: 9092 },
      { host: '::1', port: 9094 },
    ])
  })

  it('has safe defaults', () => {
    const settings = parseKafkaUrl('kafka://h')
    expect(settings.idempotence).to.equal(true)
    expect(settings.isolation).to.equal('read_committed')
    expect(settings.tls).to.equal(false)
    expect([settings.deliveryTimeout, settings.requestTimeout, settings.metadataMaxAge]).to.deep.equal([120_000, 3_000, 2_000])
    expect(settings.sessionTimeout).to.be.within(30_000, 45_000)
  })

  it('reads times and sizes with units', () => {
    const settings = parseKafkaUrl('kafka://h?requestTimeout=1500&deliveryTimeout=2m&maxWait=20ms&batchBytes=1MiB&bufferBytes=1000')
    expect(settings).to.include({ requestTimeout: 1_500, deliveryTimeout: 120_000, maxWait: 20, batchBytes: 1_048_576, bufferBytes: 1_000 })
  })

  it('any TLS option means TLS', () => {
    for (const option of ['tls=true', 'tlsCa=ca.pem', 'tlsServerName=x', 'tlsCert=c&tlsKey=k']) {
      expect(parseKafkaUrl(`kafka://h?${option}`).tls, option).to.equal(true)
    }
  })

  it('the user may stand before the host', () => {
    expect(parseKafkaUrl('kafka://al%40ice@h?sasl=plain').saslUsername).to.equal('al@ice')
  })

  it('refuses a password wherever it is put, and does not repeat it', () => {
    for (const url of ['kafka://bob:hunter2@h', 'kafka://h?saslPassword=hunter2', 'kafka://h?password=hunter2']) {
      const error = refused(url)
      expect(error.code, url).to.equal('SHITOPS_E_BUS_URL')
      expect(`${error.message} ${error.suggestions.join(' ')}`).to.not.include('hunter2')
      expect(error.suggestions.join(' ')).to.include('saslPasswordFile=').and.include('saslPasswordEnv=')
    }
  })

  it('does not repeat half a password either, where one with "?", "/" or "#" tears the URL apart', () => {
    const torn = [
      'kafka://bob:hunt?er2@h:9092',
      'kafka://bob:hunt/er2@h',
      'kafka://bob:hunt#er2@h',
      'kafka://bob:hunt',
      'kafka://h1,bob:hunt',
    ]
    for (const url of torn) {
      const error = refused(url)
      expect(error.code, url).to.equal('SHITOPS_E_BUS_URL')
      expect(`${error.message} ${error.suggestions.join(' ')}`, url).to.not.match(/hunt|er2/)
    }
  })

  it('refuses a user that is not percent-encoded, in words', () => {
    for (const url of ['kafka://%zz@h?sasl=plain', 'kafka://100%@h', 'kafka://%ff@h']) {
      expect(refused(url).code, url).to.equal('SHITOPS_E_BUS_URL')
      expect(refused(url).message).to.include('%25')
    }
  })

  it('answers a slip with the nearest option', () => {
    expect(refused('kafka://h?compresion=gzip').suggestions).to.deep.equal(['compression='])
    expect(refused('kafka://h?compression=gzipp').suggestions).to.deep.equal(['compression=gzip'])
  })

  it('refuses what cannot be meant', () => {
    const bad = ['kafka://', 'kafka:h', 'kafka://h:0', 'kafka://h:70000', 'kafka://h,,i', 'kafka://h:x', 'kafka://h#f', 'kafka://h/path']
    const options = [
      'requestTimeout=soon',
      'requestTimeout=0',
      'requestTimeout=5KiB',
      'batchBytes=5s',
      'idempotence=yes',
      'isolation=maybe',
    ]
    const together = ['tlsCert=c', 'saslUsername=u', 'sasl=plain', 'sasl=plain&saslUsername=u&saslPasswordFile=f&saslPasswordEnv=E']
    for (const url of [...bad, ...[...options, ...together].map((option) => `kafka://h?${option}`)]) {
      expect(refused(url).code, url).to.equal('SHITOPS_E_BUS_URL')
      expect(refused(url).exit).to.equal(2)
    }
  })
})
