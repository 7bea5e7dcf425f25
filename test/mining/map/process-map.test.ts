import { expect } from 'chai'
import fc from 'fast-check'
import { ProcessMiner } from '../../../src/mining/discover/process-miner.ts'
import { report } from '../../../src/mining/discover/report.ts'
import { toDot } from '../../../src/mining/map/dot.ts'
import { layOut } from '../../../src/mining/map/layout.ts'
import { toMermaid } from '../../../src/mining/map/mermaid.ts'
import { mapOf } from '../../../src/mining/map/process-map.ts'
import { toSvg } from '../../../src/mining/map/svg.ts'
import { at } from '../events.ts'

function modelOf(traces: ReadonlyArray<readonly string[]>) {
  const miner = new ProcessMiner()
  traces.forEach((trace, c) => {
    trace.forEach((activity, i) => void miner.observe(at(c + i * 10 * (i + 1), `c${c}`, activity)))
  })
  return report(miner)
}

const usual = ['submit', 'check', 'approve', 'pay']
const MODEL = modelOf([
  ...Array.from({ length: 18 }, () => usual),
  ['submit', 'check', 'reject'],
  ['submit', 'check', 'check', 'fax', 'approve', 'pay'],
])

describe('the part of a map that is drawn', () => {
  it('is the frequent activities and flows, and says how much of all that is', () => {
    const { nodes, flows, shown } = mapOf(MODEL, { activities: 0.9, paths: 0.8 })
    expect(nodes.map(({ activity }) => activity)).to.have.members(usual)
    expect(flows.map(({ from, to }) => `${from}>${to}`)).to.have.members([
      'null>submit',
      'submit>check',
      'check>approve',
      'approve>pay',
      'pay>null',
    ])
    expect(shown).to.include({ activities: 4, all_activities: 6, flows: 5, all_flows: 9 })
    expect(shown.steps_share).to.be.closeTo(79 / 81, 1e-12)
  })

  it('is all with 1, without self-loops, which a node tells', () => {
    const { nodes, flows } = mapOf(MODEL, { activities: 1, paths: 1 })
    expect(nodes).to.have.lengthOf(6)
    expect(flows).to.have.lengthOf(9)
    expect(flows.some(({ from, to }) => from === to)).to.equal(false)
  })

  it('leaves no activity without a way from the start and one to the end', () => {
    const trace = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g'), { minLength: 1, maxLength: 8 })
    const share = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(fc.array(trace, { minLength: 1, maxLength: 15 }), share, share, (traces, activities, paths) => {
        const { nodes, flows } = mapOf(modelOf(traces), { activities, paths })
        const reach = (from: (f: (typeof flows)[number]) => string | null, to: (f: (typeof flows)[number]) => string | null) => {
          const found = new Set<string | null>([null])
          for (let grown = true; grown; ) {
            const next = flows.filter((flow) => found.has(from(flow)) && !found.has(to(flow)))
            for (const flow of next) found.add(to(flow))
            grown = next.length > 0
          }
          return found
        }
        const [ahead, back] = [
          reach(
            (f) => f.from,
            (f) => f.to,
          ),
          reach(
            (f) => f.to,
            (f) => f.from,
          ),
        ]
        for (const { activity } of nodes) expect([ahead.has(activity), back.has(activity)]).to.deep.equal([true, true])
      }),
    )
  })
})

describe('the picture of a map', () => {
  const map = mapOf(MODEL, { activities: 1, paths: 1 })

  it('has no two activities, and no two labels, in one place', () => {
    const { nodes, flows, width, height } = layOut(map)
    const boxes = [...nodes, ...flows.map(({ label }) => label)]
    for (const [i, a] of boxes.entries()) {
      expect(a.x - a.width / 2).to.be.at.least(-0.5)
      expect(a.x + a.width / 2).to.be.at.most(width + 0.5)
      expect(a.y + a.height / 2).to.be.at.most(height + 0.5)
      for (const b of boxes.slice(i + 1)) {
        const apart = Math.abs(a.x - b.x) >= (a.width + b.width) / 2 - 1 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2 - 1
        expect(apart, JSON.stringify([a, b])).to.equal(true)
      }
    }
  })

  it('is SVG that stands alone, with figures and marked bottlenecks, the same each time', () => {
    const svg = toSvg(map, { title: 'Claims <2026> & more' })
    expect(svg).to.match(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /)
    expect(svg).to.contain('Claims &lt;2026&gt; &amp; more')
    expect(svg).to.contain('20 cases').and.to.contain('Where the time goes')
    expect(svg).not.to.match(/<script|<image|href=|NaN|undefined|Infinity/)
    expect(toSvg(mapOf(MODEL, { activities: 1, paths: 1 }), { title: 'Claims <2026> & more' })).to.equal(svg)
  })

  it('breaks a long title, and ends one that is too long in an ellipsis', () => {
    const headings = (title: string) => Array.from(toSvg(map, { title }).matchAll(/font-size="20"[^>]*>([^<]*)</g), ([, text]) => text)
    expect(headings('Claims')).to.deep.equal(['Claims'])
    const long = Array.from({ length: 14 }, (_, i) => `process-${i}`).join(' ')
    expect(headings(long).join(' ')).to.equal(`${long.slice(0, headings(long).join(' ').length - 1)}…`)
    expect(headings(long)).to.have.lengthOf(2)
  })

  it('survives any name', () => {
    const names = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(names, { minLength: 1, maxLength: 4 }), (traces) => {
        const drawn = mapOf(modelOf(traces), { activities: 1, paths: 1 })
        const svg = toSvg(drawn, { title: 't' })
        // biome-ignore lint/suspicious/noControlCharactersInRegex: XML may not hold them
        expect(svg).not.to.match(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]|&(?!amp;|lt;|gt;|quot;)/)
        const tags = [...svg.matchAll(/<(\/?)([a-z]+)[^<>]*?(\/?)>/g)].filter(([, , , self]) => self !== '/')
        expect(tags.filter(([, close]) => close === '/').length).to.equal(tags.length / 2)
        for (const line of toMermaid(drawn, { title: 't' }).split('\n').slice(4)) expect((line.match(/"/g) ?? []).length % 2).to.equal(0)
        for (const line of toDot(drawn, { title: 't' }).split('\n'))
          expect((line.replace(/\\./g, '').match(/"/g) ?? []).length % 2).to.equal(0)
      }),
      { numRuns: 8 },
    )
  })

  it('is DOT and Mermaid, too', () => {
    const dot = toDot(map, { title: 'Claims' })
    expect(dot).to.match(/^digraph process \{/)
    expect(dot).to.contain('label="submit\\n20"')
    expect(dot).to.match(/a\d -> end \[label="19", penwidth=/)
    expect(dot).to.contain('color="#c0272d"')
    const mermaid = toMermaid(map, { title: 'Claims' })
    expect(mermaid).to.contain('flowchart TD')
    expect(mermaid).to.contain('["submit<br/>20"]')
    expect(mermaid).to.match(/linkStyle \d/)
  })
})
