import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import fc from 'fast-check'
import { IdSet } from '../../../../src/collectors/workflow/import/id-set.ts'
import { Identities } from '../../../../src/collectors/workflow/import/identity.ts'
import { People } from '../../../../src/collectors/workflow/import/people.ts'
import { makeSortFolder } from '../../../../src/collectors/workflow/import/sort-folder.ts'
import { TimeSorter, type Waiting } from '../../../../src/collectors/workflow/import/time-sorter.ts'
import { examplesOf } from '../../../../src/events/index.ts'
import { useTempDir } from '../../../support/temp-dir.ts'

const hex = (n: number) => createHash('sha256').update(`${n}`).digest('hex').slice(0, 32)

describe('collectors/workflow/import: ids', () => {
  it('property: an IdSet is a set', () => {
    const id = fc.oneof(
      fc.nat(300).map(hex),
      fc.tuple(fc.nat(30), fc.integer({ min: 2, max: 9 })).map(([n, nth]) => `${hex(n)}-${nth}`),
      fc.constant('0'.repeat(32)),
    )
    fc.assert(
      fc.property(fc.array(id, { maxLength: 400 }), (ids) => {
        const set = new Set<string>()
        const mine = new IdSet()
        for (const one of ids) {
          expect(mine.has(one)).to.equal(set.has(one))
          expect(mine.add(one)).to.equal(!set.has(one))
          set.add(one)
        }
        expect(mine.size).to.equal(set.size)
      }),
    )
  })

  it('holds far more than it begins with', () => {
    const ids = new IdSet()
    for (let i = 0; i < 50_000; i++) ids.add(hex(i))
    expect(ids.size).to.equal(50_000)
    expect([ids.has(hex(49_999)), ids.has(hex(50_000))]).to.deep.equal([true, false])
  })

  it('are the same for the same event, told apart for equal ones of a file, and tell no person', async () => {
    const { minimal } = await examplesOf('workflow_events')
    const [one, other] = [new Identities(), new Identities()]
    const id = one.of(minimal)
    expect(id).to.match(/^[0-9a-f]{32}$/)
    expect([one.of(minimal), one.of(minimal)]).to.deep.equal([`${id}-2`, `${id}-3`])
    one.nextFile()
    expect(one.of({ ...minimal, person: 'Ann', attributes: { a: 1 } })).to.equal(id)
    for (const change of [{ case_id: 'x' }, { activity: 'x' }, { process: 'x' }, { event_id: 'x' }, { lifecycle: 'due' as const }]) {
      expect(other.of({ ...minimal, ...change })).to.not.equal(id)
    }
  })
})

describe('collectors/workflow/import: order of time', () => {
  const inFiles = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('shitops-import-'))

  it('property: sorts stably, in memory and through files', async () => {
    const times = fc.array(fc.nat(20), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 160, max: 4_000 }), async (list, maxRun) => {
        const sorter = new TimeSorter(maxRun)
        const items = list.map(
          (time, i): Waiting => ({ time, id: hex(i), key: `ca\tse\n${i}`, json: JSON.stringify({ i, text: 'a\tb\n😀' }) }),
        )
        try {
          for (const item of items) if (sorter.add(item)) await sorter.spill()
          const sorted: Waiting[] = []
          for await (const batch of sorter.sorted()) sorted.push(...batch)
          expect(sorted).to.deep.equal([...items].sort((a, b) => a.time - b.time))
        } finally {
          await sorter.close()
        }
      }),
      { numRuns: 60 },
    )
  })

  it('keeps what waits in a folder for nobody else, and removes it', async () => {
    const before = await inFiles()
    const sorter = new TimeSorter(1)
    sorter.add({ time: 0, id: hex(1), key: 'k', json: '{}' })
    await sorter.spill()
    const made = (await inFiles()).filter((name) => !before.includes(name))
    expect(made.length).to.be.above(0)
    const { statSync } = await import('node:fs')
    const modes = made.map((name) => statSync(join(tmpdir(), name)).mode & 0o777)
    expect(modes).to.include(0o700)
    await sorter.close()
    expect((await inFiles()).length).to.be.below(before.length + made.length)
  })
})

describe('collectors/workflow/import: the folder of the sort', () => {
  const dir = useTempDir()

  it('goes with the next import when its own was killed, and not before a day is over', async () => {
    const gone = spawnSync(process.execPath, ['-e', '']).pid
    const left = join(dir(), `shitops-import-${gone}-abc`)
    const others = [join(dir(), `shitops-import-${process.pid}-abc`), join(dir(), 'shitops-importer')]
    for (const folder of [left, ...others]) await mkdir(folder)
    const tomorrow = Date.now() + 90_000_000
    await makeSortFolder(dir())
    expect(existsSync(left)).to.equal(true)
    const made = await makeSortFolder(dir(), tomorrow)
    expect([left, ...others, made].map((folder) => existsSync(folder))).to.deep.equal([false, true, true, true])
  })
})

describe('collectors/workflow/import: people', () => {
  const secret = Buffer.alloc(32, 7)
  const people = (mode: 'hash' | 'keep' | 'drop', attributes: string[] = []) => new People({ mode, secret, attributes })
  const NAME = 'Sara Example'
  const event = {
    ...{
      event_time: '2026-01-30T08:00:00.000Z',
      case_id: 'c',
      activity: 'a',
      lifecycle: 'completed' as const,
      person: NAME,
      team: 'payables',
    },
    case_attributes: { Responsible: 'Bob', creator: 'Disco', channel: 'mail' },
    attributes: { Resource: NAME, po_creator: 'Carl', checked: NAME, contact: 'dora@example.com', by: 'Eve', amount: 3, note: 'said Bob' },
    objects: [
      { object_id: 'Frida', object_type: 'Employee' },
      { object_id: 'PO-1', object_type: 'Order' },
    ],
  }

  it('hashes names wherever an event tells of people by them, and nothing else', () => {
    const text = JSON.stringify(people('hash', ['By']).event(event))
    for (const name of [NAME, 'Carl', 'dora', 'Eve', 'Frida', '"Bob"']) expect(text).to.not.include(name)
    for (const kept of ['payables', 'Disco', '"channel":"mail"', 'PO-1', 'said Bob', '"amount":3']) expect(text).to.include(kept)
  })

  it('gives a name one hash under one key', () => {
    const { person, attributes } = people('hash').event(event)
    expect(person).to.match(/^person_[0-9a-f]{12}$/)
    expect(attributes).to.include({ Resource: person, checked: person })
    const other = new People({ mode: 'hash', secret: Buffer.alloc(32, 8), attributes: [] })
    expect(other.event(event).person).to.not.equal(person)
  })

  it('keeps or drops them where that is wanted; a case that is a person is hashed even then', () => {
    expect(people('keep').event(event)).to.equal(event)
    const dropped = people('drop').event({ ...event, case_id: 'Frida' })
    expect(dropped).to.not.have.property('person')
    expect(dropped.case_attributes).to.deep.equal({ creator: 'Disco', channel: 'mail' })
    expect(dropped.attributes).to.deep.equal({ by: 'Eve', amount: 3, note: 'said Bob' })
    expect(dropped.objects).to.deep.equal([{ object_id: 'PO-1', object_type: 'Order' }])
    expect(dropped.case_id).to.match(/^person_/)
  })

  it('property: what comes out fits the schema when what went in did', async () => {
    const { schemaOf } = await import('../../../../src/events/index.ts')
    const schema = await schemaOf('workflow_events')
    const values = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom('user', '__proto__', 'Owner')),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
    )
    fc.assert(
      fc.property(
        values,
        values,
        fc.constantFrom('hash' as const, 'drop' as const),
        fc.string({ minLength: 1 }),
        (attributes, case_attributes, mode, person) => {
          const safe = people(mode).event({ ...event, person, attributes, case_attributes })
          expect(schema.safeParse(JSON.parse(JSON.stringify(safe))).success).to.equal(true)
        },
      ),
    )
  })
})
