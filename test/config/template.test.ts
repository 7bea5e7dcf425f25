import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { inspectConfig } from '../../src/config/load.ts'
import { problemText } from '../../src/config/problem.ts'
import { everySetting, settings } from '../../src/config/settings.ts'
import { configTemplate } from '../../src/config/template.ts'
import { useTempDir } from '../support/temp-dir.ts'

describe('the template of config init', () => {
  const dir = useTempDir()
  const inspect = async (text: string) => {
    await writeFile(join(dir(), 'shitops.yaml'), text)
    const { entries, problems } = await inspectConfig({ cwd: dir(), etc: dir(), env: { HOME: dir() } })
    return { problems: problems.map(problemText), set: entries.filter(({ origin }) => origin.kind === 'file').map(({ path }) => path) }
  }

  it('says nothing as it is: every setting is commented out', async () => {
    expect(await inspect(configTemplate())).to.deep.equal({ problems: [], set: [] })
  })

  it('is valid with every setting taken out of its comment, and has them all', async () => {
    const { problems, set } = await inspect(configTemplate().replaceAll(/^ {2}#(?=\w| {2})/gm, '  '))
    expect(problems).to.deep.equal([])
    expect(set.sort()).to.deep.equal(
      settings()
        .map(({ path }) => path)
        .sort(),
    )
  })

  it('fits 100 columns', () => {
    for (const line of configTemplate().split('\n')) expect(line.length, line).to.be.at.most(100)
  })
})

describe('the settings', () => {
  it('each have a description and a variable of their own', () => {
    for (const { path, meta } of everySetting()) expect(meta.description, path).to.be.a('string').and.not.equal('')
    const all = settings().filter(({ type }) => !type.startsWith('list'))
    expect(new Set(all.map(({ env }) => env)).size).to.equal(all.length)
    expect(all.find(({ path }) => path === 'gnmi.defaults.tlsCaFile')?.env).to.equal('SHITOPS_GNMI_DEFAULTS_TLS_CA_FILE')
    expect(all.find(({ path }) => path === 'bus.saslPasswordFile')?.env).to.equal('SHITOPS_BUS_SASL_PASSWORD_FILE')
    expect(all.find(({ path }) => path === 'bus.url')?.env).to.equal('SHITOPS_BUS')
  })
})
