import { readFileSync } from 'node:fs'
import { expect } from 'chai'
import { ByteBuffer } from '../../../../src/bus/envelope/byte-buffer.ts'
import { builtInMappings, compileMappings } from '../../../../src/collectors/gnmi/normalise/built-in-mappings.ts'
import { KEYS } from '../../../../src/collectors/gnmi/normalise/mapping-schema.ts'
import { KINDS } from '../../../../src/collectors/gnmi/normalise/rule.ts'
import { SampleLines } from '../../../../src/collectors/gnmi/normalise/sample-lines.ts'
import { responseOf } from './support/notifications.ts'

const PAGE = readFileSync('docs/gnmi-metrics.md', 'utf8')
const block = (language: string) => new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(PAGE)?.[1] ?? ''

describe('docs/gnmi-metrics.md', () => {
  it('names every path and metric of every family', async () => {
    for (const { family, about, rules } of await builtInMappings()) {
      const section = PAGE.split(`\n### ${family}\n`)[1]?.split('\n### ')[0] ?? ''
      expect(section, family).to.contain(about)
      for (const { metric, pattern } of rules) {
        const line = section.split('\n').find((text) => text.startsWith(`| \`${metric}\``) && text.includes(`\`${pattern.text}\``))
        expect(line, `${family}: ${metric} ${pattern.text}`).to.be.a('string')
      }
    }
  })

  it('names every key and every kind', () => {
    for (const key of [...(KEYS[''] ?? []), ...(KEYS['rules.*'] ?? []), ...KINDS]) expect(PAGE, key).to.match(new RegExp(`\`${key}[\`:]`))
  })

  it('has an example that gives what it says', async () => {
    const lines = new SampleLines(await compileMappings([{ name: 'fans.yaml', text: block('yaml') }]))
    const out = new ByteBuffer()
    for (const line of block('json').trimEnd().split('\n')) expect(lines.write(out, responseOf(JSON.parse(line)))).to.deep.equal([])
    expect(String(out.view())).to.equal(block('jsonl'))
  })
})
