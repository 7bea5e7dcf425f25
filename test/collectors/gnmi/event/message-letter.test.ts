import { expect } from 'chai'
import { messageLetter } from '../../../../src/collectors/gnmi/event/message-letter.ts'
import { Malformed } from '../../../../src/collectors/gnmi/wire/malformed.ts'
import { dlqRecord } from '../../../../src/events/index.ts'

const NOW = Date.UTC(2026, 2, 31)

describe('dead letters of gNMI messages', () => {
  it('are the message in base64, under the device, with the reason', () => {
    const { letter, reason } = messageLetter('access-1', Buffer.from([0x0a, 0x05]), new Malformed('truncated', 2))
    const { key, value, headers } = dlqRecord('device_telemetry', letter, reason, NOW)
    expect({ key, value }).to.deep.equal({ key: 'access-1', value: 'CgU=' })
    expect(Object.fromEntries(headers)).to.include({
      dlq_reason: 'decode_error',
      dlq_message: 'the message ends within a field (byte 2)',
      dlq_topic: 'device_telemetry',
    })
  })

  it('name each value that could not be written as it is', () => {
    const { reason } = messageLetter('access-1', Buffer.alloc(0), [
      { code: 'not_json', path: '/a/b' },
      { code: 'not_utf8', path: '/c' },
    ])
    expect(reason.message).to.equal(
      '/a/b: a JSON value that is not JSON; kept as text; /c: text that is not UTF-8; U+FFFD stands for what could not be read',
    )
  })
})
