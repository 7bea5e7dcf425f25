import { expect } from 'chai'
import { redact, redactMessage } from '../../../../src/collectors/librenms/client/redact.ts'

describe('redact', () => {
  it('takes credentials out at every depth, also in JSON that stands in text', () => {
    const row = {
      device_id: 1,
      community: 's3cret',
      authname: 's3cret',
      authpass: 's3cret',
      cryptopass: 's3cret',
      details: { rule: [{ hostname: 'a', community: 's3cret', authpass: 's3cret' }] },
      info: JSON.stringify({ alerted: 1, rule: [{ cryptopass: 's3cret' }] }),
    }
    const clean = redact(row)
    expect(JSON.stringify(clean)).not.to.contain('s3cret')
    expect(clean).to.deep.equal({ device_id: 1, details: { rule: [{ hostname: 'a' }] }, info: '{"alerted":1,"rule":[{}]}' })
  })

  it('leaves JSON text without secrets as it is, and drops cut-off text that names one', () => {
    expect(redact({ info: '{ "a": 1 }' })).to.deep.equal({ info: '{ "a": 1 }' })
    expect(redact({ info: '{"community":"s3cr' })).to.deep.equal({ info: '' })
  })

  it("takes them out of a person's notes too, unless they are asked for to the letter", () => {
    const row = { device_id: 1, notes: '{"rack":4,"snmp":{"community":"s3cret"}}', deep: { notes: '{"password":"s3cret"}' } }
    expect(redact(row)).to.deep.equal({ device_id: 1, notes: '{"rack":4,"snmp":{}}', deep: { notes: '{}' } })
    expect(redact(row, 'notes')).to.have.property('notes', row.notes)
  })

  it('takes brackets that people write for no JSON', () => {
    for (const notes of ['[shitops]\nauth is down\n[/shitops]', '[rack 4] passage', '{see the password book}']) {
      expect(redact({ notes })).to.deep.equal({ notes })
    }
    for (const cut of ['[{"community":"s3cr', '{ "authpass" : "s3', '["token']) expect(redact({ info: cut })).to.deep.equal({ info: '' })
  })

  it('keeps columns that only sound alike', () => {
    const row = { author: 'x', transport: 'udp', snmpver: 'v2c', port_id: 7, ifAlias: 'community centre' }
    expect(redact(row)).to.deep.equal(row)
  })

  it('takes the community out of what LibreNMS says', () => {
    expect(redactMessage('SNMP v2c: No reply with community s3cret')).to.equal('SNMP v2c: No reply with community [removed]')
    expect(redactMessage('SNMP v3: No reply with credentials s3cret/authPriv')).not.to.contain('s3cret')
  })
})
