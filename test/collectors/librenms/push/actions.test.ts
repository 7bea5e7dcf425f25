import { expect } from 'chai'
import { usePush } from './setup.ts'

describe('a write-back to LibreNMS', () => {
  const nms = usePush()

  describe('annotate', () => {
    it('writes one event of our type, and finds it when it is asked again', async () => {
      const command = nms.command('annotate', { arguments: { text: 'uplink is being replaced', severity: 4 } })
      expect((await nms.done(command))?.outcome).to.equal('applied')
      const { rows } = nms.world.events
      const [event] = rows.slice(-1)
      expect(event).to.include({
        device: 1,
        type: 'shitops',
        message: 'uplink is being replaced',
        reference: command.command_id,
        severity: 4,
      })
      // As after a kill between the write and its result.
      const again = await nms.done(command)
      expect(again?.outcome).to.equal('no_op')
      expect(again?.observed).to.deep.equal({ event_id: event?.id })
      expect(nms.world.events.rows).to.have.lengthOf(rows.length)
    })

    it("refuses a device that is not there, whose log would be everybody's", async () => {
      const outcome = await nms.done(nms.command('annotate', { device_id: 4711, arguments: { text: 'x' } }))
      expect(outcome).to.include({ outcome: 'refused' })
      expect(outcome?.detail).to.contain('no device 4711')
      expect(nms.writes()).to.equal(0)
    })

    it('takes an id of a command that is longer than the column', async () => {
      const command = nms.command('annotate', { command_id: 'c'.repeat(200), arguments: { text: 'x' } })
      expect((await nms.done(command))?.outcome).to.equal('applied')
      expect((await nms.done(command))?.outcome).to.equal('no_op')
    })
  })

  describe('set_status', () => {
    const status = (label: string, level: unknown, more = {}) =>
      nms.command('set_status', { arguments: { label, status: level, message: `${label} is ${level}`, ...more } })

    it('makes a component of our type, and changes it with all that it has', async () => {
      const { components } = nms.world
      expect((await nms.done(status('correlation', 'warning', { attributes: { incident: '7' } })))?.outcome).to.equal('applied')
      const [component] = components.of(1)
      expect(component).to.include({ type: 'shitops', label: 'correlation', status: 1, error: 'correlation is warning' })
      // Somebody else, or an older run, has put something beside it.
      component?.attributes.set('ticket', 'OPS-12')
      expect((await nms.done(status('correlation', 2)))?.outcome).to.equal('applied')
      expect(Object.fromEntries(component?.attributes ?? [])).to.deep.equal({ incident: '7', ticket: 'OPS-12' })
      expect(component).to.include({ status: 2 })
      expect(components.of(1)).to.have.lengthOf(1)
    })

    it('leaves components of others alone, and makes one a label', async () => {
      const other = nms.world.components.create(1, 'cisco-otv')
      other.attributes.set('peer', '10.0.0.1')
      await nms.done(status('a', 0, { message: '' }))
      await nms.done(status('b', 2))
      expect([...other.attributes]).to.deep.equal([['peer', '10.0.0.1']])
      expect(nms.world.components.of(1).map(({ label }) => label)).to.deep.equal(['', 'a', 'b'])
    })

    it('does nothing when it says so already', async () => {
      await nms.done(status('a', 2))
      const before = nms.writes()
      expect((await nms.done(status('a', 'critical', { message: 'a is 2' })))?.outcome).to.equal('no_op')
      expect(nms.writes()).to.equal(before)
    })

    it('takes up a component that a run which was killed has left without a label', async () => {
      nms.world.components.create(1, 'shitops')
      expect((await nms.done(status('a', 1)))?.outcome).to.equal('applied')
      expect(nms.world.components.of(1).map(({ label, status: level }) => [label, level])).to.deep.equal([['a', 1]])
    })

    it('refuses attributes that would be columns', async () => {
      expect((await nms.done(status('a', 1, { attributes: { disabled: '1' } })))?.outcome).to.equal('refused')
      expect((await nms.done(status('a', 3)))?.outcome).to.equal('refused')
    })
  })

  describe('set_notes', () => {
    const notes = (text: string, more = {}) => nms.command('set_notes', { arguments: { text }, ...more })
    const now = () => nms.device().row.notes

    it('writes a block of its own into what people wrote, and takes it out again', async () => {
      nms.world.setNotes(1, 'call Jane before 9:00\n\nrack 4')
      const outcome = await nms.done(notes('incident 7\nsince 14:05'))
      expect(outcome?.outcome).to.equal('applied')
      expect(outcome?.observed, "a person's words do not go on the bus").to.deep.equal({ block: 'incident 7\nsince 14:05' })
      expect(now()).to.equal('call Jane before 9:00\n\nrack 4\n[shitops]\nincident 7\nsince 14:05\n[/shitops]')
      nms.world.setNotes(1, `${now()}\nadded below`)
      await nms.done(notes('resolved'))
      expect(now()).to.equal('call Jane before 9:00\n\nrack 4\n[shitops]\nresolved\n[/shitops]\nadded below')
      await nms.done(notes(''))
      expect(now()).to.equal('call Jane before 9:00\n\nrack 4\nadded below')
    })

    it('keeps notes to the letter that look like JSON with secrets in it', async () => {
      const written = '{"password_of_the_rack":"ask Jane","x":1}'
      nms.world.setNotes(1, written)
      await nms.done(notes('seen'))
      expect(now()).to.equal(`${written}\n[shitops]\nseen\n[/shitops]`)
      nms.world.setNotes(1, '[shitops]\nauth is down\n[/shitops]\nmine')
      await nms.done(notes('auth is up'))
      expect(now()).to.equal('[shitops]\nauth is up\n[/shitops]\nmine')
    })

    it('touches nothing where the fence is damaged', async () => {
      for (const damaged of ['[shitops]\nno end', 'x [/shitops] y [shitops]', '[shitops]\na\n[/shitops]\n[shitops]\nb\n[/shitops]']) {
        nms.world.setNotes(1, damaged)
        expect((await nms.done(notes('x')))?.outcome).to.equal('refused')
        expect(now()).to.equal(damaged)
      }
    })

    it('refuses a text with a fence in it', async () => {
      expect((await nms.done(notes('a [/shitops] b')))?.outcome).to.equal('refused')
    })

    it('is a conflict when the notes are not what was expected', async () => {
      nms.world.setNotes(1, 'changed meanwhile')
      const outcome = await nms.done(notes('x', { expected: { notes: 'as I saw them' } }))
      expect(outcome).to.include({ outcome: 'conflict', detail: 'notes is not as expected' })
      expect(JSON.stringify(outcome)).not.to.contain('meanwhile')
      expect(now()).to.equal('changed meanwhile')
    })
  })

  describe('set_notes beside somebody else who writes notes', () => {
    const command = () => nms.command('set_notes', { arguments: { text: 'incident 7' } })
    /** An API behind which somebody writes once, after the first request that `when` is true of. */
    const besides = (when: (method: string) => boolean, write: () => void) => {
      const real = nms.api()
      let written = false
      const call: typeof real.call = async (...args) => {
        const answer = await real.call(...args)
        if (when(args[0]) && !written) {
          written = true
          write()
        }
        return answer
      }
      return { call, alert: real.alert.bind(real), device: real.device.bind(real), notesOf: real.notesOf.bind(real) }
    }

    it('is a conflict when they write right after us, and leaves theirs alone', async () => {
      nms.world.setNotes(1, 'rack 4')
      const api = besides(
        (method) => method === 'PATCH',
        () => nms.world.setNotes(1, 'rack 5'),
      )
      const outcome = await nms.done(command(), { api })
      expect(outcome).to.include({ outcome: 'conflict', http_status: 200, attempts: 1 })
      expect(outcome?.detail).to.contain('somebody else wrote the notes')
      expect(JSON.stringify(outcome)).not.to.contain('rack')
      expect(nms.device().row.notes).to.equal('rack 5')
    })

    it('is a conflict also when they write around our block and it stays', async () => {
      nms.world.setNotes(1, 'rack 4')
      const api = besides(
        (method) => method === 'PATCH',
        () => nms.world.setNotes(1, `${nms.device().row.notes}\nmine below`),
      )
      expect((await nms.done(command(), { api }))?.outcome).to.equal('conflict')
    })

    it('writes into what they wrote when they were before our look', async () => {
      nms.world.setNotes(1, 'rack 4')
      const first = await nms.done(command(), { write: false })
      expect(first?.outcome).to.equal('dry_run')
      nms.world.setNotes(1, 'rack 5')
      expect((await nms.done(command()))?.outcome).to.equal('applied')
      expect(nms.device().row.notes).to.equal('rack 5\n[shitops]\nincident 7\n[/shitops]')
    })
  })

  describe('set_flags and set_purpose', () => {
    it('sets what differs, and verifies it', async () => {
      const outcome = await nms.done(
        nms.command('set_flags', { arguments: { ignore: true, disable_notify: false }, expected: { ignore: false } }),
      )
      expect(outcome).to.include({ outcome: 'applied', http_status: 200, attempts: 1 })
      expect(nms.device().row.ignore).to.equal(1)
      expect((await nms.done(nms.command('set_flags', { arguments: { ignore: true } })))?.outcome).to.equal('no_op')
      expect((await nms.done(nms.command('set_purpose', { arguments: { purpose: 'finance floor' } })))?.outcome).to.equal('applied')
      expect(nms.device().row.purpose).to.equal('finance floor')
    })

    it('refuses what LibreNMS ignores or the next poll undoes, and names what there is', async () => {
      for (const field of ['status', 'hostname', 'sysName', 'community', 'display', 'location']) {
        const outcome = await nms.done(nms.command('set_flags', { arguments: { [field]: 'x' } }))
        expect(outcome?.outcome, field).to.equal('refused')
        expect(outcome?.detail).to.contain('it has ignore, disabled')
      }
      expect((await nms.done(nms.command('set_flags', { arguments: { location_id: 2 } })))?.detail).to.contain('override_sysLocation')
      expect((await nms.done(nms.command('set_flags', { arguments: { ignore: 'yes' } })))?.outcome).to.equal('refused')
      expect((await nms.done(nms.command('set_flags')))?.outcome).to.equal('refused')
      expect(nms.writes()).to.equal(0)
    })
  })

  describe('acknowledge and unmute', () => {
    const raised = () => nms.world.raiseAlert(1, 1)

    it('acknowledges an active alert until it clears, and takes that back', async () => {
      const alert = raised()
      const outcome = await nms.done(
        nms.command('acknowledge', { alert_id: alert.id, arguments: { note: 'cabling' }, expected: { state: 1 } }),
      )
      expect(outcome).to.deep.include({ outcome: 'applied', observed: { state: 2, rule_id: 1, device_id: 1 } })
      expect(alert.state).to.equal(2)
      expect(alert.note).to.contain('cabling')
      expect(JSON.parse(alert.info)).to.deep.equal({ until_clear: true })
      expect((await nms.done(nms.command('acknowledge', { alert_id: alert.id, expected: { state: 1 } })))?.outcome).to.equal('no_op')
      expect((await nms.done(nms.command('unmute', { alert_id: alert.id })))?.outcome).to.equal('applied')
      expect(alert.state).to.equal(1)
    })

    it('leaves an alert that has recovered: LibreNMS would acknowledge it all the same', async () => {
      const alert = raised()
      nms.world.clear(1, 1)
      expect((await nms.done(nms.command('acknowledge', { alert_id: alert.id })))?.outcome).to.equal('no_op')
      expect(alert.state).to.equal(0)
    })

    it("refuses an alert that is not there or another device's", async () => {
      const alert = raised()
      expect((await nms.done(nms.command('acknowledge', { alert_id: 999 })))?.outcome).to.equal('refused')
      expect((await nms.done(nms.command('acknowledge', { alert_id: alert.id, device_id: 2 })))?.detail).to.contain('about device 1')
      expect((await nms.done(nms.command('acknowledge')))?.detail).to.contain('alert_id is missing')
      expect(alert.state).to.equal(1)
    })
  })

  describe('maintenance', () => {
    const window = (given: Record<string, unknown>) => nms.command('maintenance', { arguments: { title: 'new uplink', ...given } })

    it('always has a colon in its duration, so that it takes effect', async () => {
      expect((await nms.done(window({ minutes: 30 })))?.outcome).to.equal('applied')
      const [first] = nms.world.maintenance
      expect(first).to.include({ device: 1, title: 'new uplink', behavior: 2 })
      expect((first?.end ?? 0) - (first?.start ?? 0)).to.equal(30 * 60_000)
    })

    it('makes no second window while one runs', async () => {
      await nms.done(window({ duration: '1:05', behavior: 'skip' }))
      expect((await nms.done(window({ minutes: 30 })))?.outcome).to.equal('no_op')
      expect(nms.world.maintenance.map(({ start, end, behavior }) => [end - start, behavior])).to.deep.equal([[65 * 60_000, 1]])
    })

    it('refuses what cannot be ended again or never begins', async () => {
      for (const given of [
        { minutes: 0 },
        { minutes: 1441 },
        { duration: '30' },
        { duration: '25:00' },
        { minutes: 5, duration: '0:05' },
        {},
      ]) {
        expect((await nms.done(window(given)))?.outcome, JSON.stringify(given)).to.equal('refused')
      }
      expect((await nms.done(window({ minutes: 5, start: '2030-01-01 00:00:00' })))?.outcome).to.equal('refused')
      expect(nms.world.maintenance).to.have.lengthOf(0)
    })
  })

  describe('add_device', () => {
    const add = (given: Record<string, unknown>) => nms.command('add_device', { device_id: 0, arguments: given })

    it('adds one by ping, once', async () => {
      const outcome = await nms.done(add({ hostname: 'printer-9.example.net', snmp_disable: true, force_add: true }))
      expect(outcome?.outcome).to.equal('applied')
      const device = nms.world.inventory.find('printer-9.example.net')
      expect(outcome?.observed).to.deep.equal({ hostname: 'printer-9.example.net', device_id: device?.id })
      expect((await nms.done(add({ hostname: 'printer-9.example.net' })))?.outcome).to.equal('no_op')
    })

    it('takes "already there", which is a 500, for what it is', async () => {
      // Another is faster between the look and the write.
      const real = nms.api()
      const api = Object.create(real, {
        call: {
          value: (...args: Parameters<typeof real.call>) => {
            if (args[0] === 'POST') nms.world.addDevice('late.example.net')
            return real.call(...args)
          },
        },
        device: { value: real.device.bind(real) },
        alert: { value: real.alert.bind(real) },
      })
      const outcome = await nms.done(add({ hostname: 'late.example.net', force_add: true }), { api })
      expect(outcome).to.include({ outcome: 'applied', http_status: 500 })
    })

    it('refuses credentials, host names of digits and paths, and says none of them', async () => {
      const secret = await nms.done(add({ hostname: 'a.example', community: 'topsecret' }))
      expect(secret?.outcome).to.equal('refused')
      expect(JSON.stringify(secret)).not.to.contain('topsecret')
      for (const hostname of ['4711', '../devices', 'a b', '', 'x/rename/y']) {
        expect((await nms.done(add({ hostname })))?.outcome, hostname).to.equal('refused')
      }
    })

    it('tells a failure of LibreNMS without what was sent', async () => {
      nms.world.unreachable.add('dead.example.net')
      const outcome = await nms.done(add({ hostname: 'dead.example.net' }))
      expect(outcome).to.include({ outcome: 'failed', http_status: 500 })
      expect(outcome?.detail).to.contain('Could not connect')
    })
  })

  describe('set_port_description', () => {
    it('is off unless it is allowed by name', async () => {
      const port = nms.device().ports[0]
      const command = nms.command('set_port_description', { port_id: port?.id ?? 0, arguments: { description: 'uplink to core-2' } })
      expect(await nms.done(command)).to.include({ outcome: 'refused', detail: 'set_port_description is not allowed here' })
      const allowed = new Set(['set_port_description'] as const)
      expect(await nms.done(command, { allowed })).to.include({ outcome: 'applied' })
      expect((await nms.done(command, { allowed }))?.outcome).to.equal('no_op')
      expect((await nms.done({ ...command, device_id: 2 }, { allowed }))?.detail).to.contain('has no port')
    })
  })
})

describe('a write-back to a LibreNMS of other habits', () => {
  describe('that says 200 and does nothing', () => {
    const nms = usePush({ patchIgnored: true, ackIgnored: true })

    it('is failed, and told so', async () => {
      const notes = await nms.done(nms.command('set_notes', { arguments: { text: 'x' } }))
      expect(notes).to.include({ outcome: 'failed', detail: 'LibreNMS said 200, and it is not so' })
      const alert = nms.world.raiseAlert(1, 1)
      expect((await nms.done(nms.command('acknowledge', { alert_id: alert.id })))?.outcome).to.equal('failed')
    })
  })

  describe('with every number a text and flags as words', () => {
    const nms = usePush({ numbers: 'text', flags: 'words', absentKey: false })

    it('does the same', async () => {
      const alert = nms.world.raiseAlert(1, 1)
      const commands = [
        nms.command('acknowledge', { alert_id: alert.id, expected: { state: '1' } }),
        nms.command('set_flags', { arguments: { ignore: true }, expected: { ignore: 0 } }),
        nms.command('set_status', { arguments: { status: 2 } }),
        nms.command('annotate', { arguments: { text: 'x' } }),
        nms.command('maintenance', { arguments: { minutes: 5 } }),
      ]
      for (const command of commands) expect((await nms.done(command))?.outcome, command.action).to.equal('applied')
      for (const command of commands) expect((await nms.done(command))?.outcome, command.action).to.equal('no_op')
    })
  })
})
