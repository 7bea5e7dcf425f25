import { expect } from 'chai'
import fc from 'fast-check'
import { parseAlertCall } from '../../../../src/collectors/librenms/receive/alert-call.ts'
import { SAFE_BODY, substitute } from '../../../../src/office/librenms/webhook.ts'

const IDS = { uid: '90211', alert_id: '55', device_id: '17', rule_id: '4', state: '1' }
const CALL = { uid: '90211', test: false, alertId: 55, deviceId: 17, ruleId: 4, state: 1 }

describe('a call of the alert transport', () => {
  it('is read from our template, from numbers, and from lines of a query', () => {
    expect(parseAlertCall(substitute(SAFE_BODY, IDS))).to.deep.equal(CALL)
    expect(parseAlertCall('{"uid":90211,"alert_id":55,"device_id":17,"rule_id":4,"state":1}')).to.deep.equal(CALL)
    expect(parseAlertCall('uid=90211\nalert_id=55\ndevice_id=17\nrule_id=4\nstate=1')).to.deep.equal(CALL)
  })

  it('is read where a text has broken the JSON: the ids come first', () => {
    const template = SAFE_BODY.replace(/}$/, ',"msg":"{{ $msg }}"}')
    fc.assert(
      fc.property(fc.string(), (msg) => {
        expect(parseAlertCall(substitute(template, { ...IDS, msg: `"${msg}\n` }))).to.deep.equal(CALL)
      }),
    )
  })

  it('knows the test button', () => {
    expect(
      parseAlertCall(substitute(SAFE_BODY, { uid: '000', alert_id: '000', rule_id: '000', device_id: '1', state: '1' }))?.test,
    ).to.equal(true)
    expect(parseAlertCall('{"uid":"000" broken')?.test).to.equal(true)
  })

  it('is none without an alert and a device', () => {
    for (const body of ['', '{}', '[]', 'null', 'hello', '{"uid":"5"}', '{"alert_id":{"a":1}}', '{"alert_id":"-5"}', '{"alert_id":"1.5"}'])
      expect(parseAlertCall(body), body).to.equal(undefined)
    expect(parseAlertCall('{"alert_id":"55","state":"9"}')).to.deep.equal({ uid: '', test: false, alertId: 55 })
  })

  it('never throws, and gives whole positive ids or none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => `{"alert_id":"${text}`),
        ),
        (body) => {
          const call = parseAlertCall(body)
          for (const id of [call?.alertId, call?.deviceId, call?.ruleId])
            if (id !== undefined) expect(Number.isSafeInteger(id) && id > 0).to.equal(true)
        },
      ),
    )
  })
})
