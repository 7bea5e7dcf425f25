import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { nameOf } from '../../../src/cli/dash/own-server.ts'
import { serverUrl } from '../../../src/cli/dash/run-dash.ts'
import { dashToken } from '../../../src/cli/dash/token.ts'
import { useTempDir } from '../../support/temp-dir.ts'

describe('dash: the token and the address', () => {
  const dir = useTempDir()
  const own = new URL('http://127.0.0.1:7468')
  const other = new URL('https://dash.example')
  const codeOf = (what: Promise<unknown>) =>
    what.then(
      () => 'none',
      (error: { code: string }) => error.code,
    )
  async function file(name: string, text: string, mode = 0o600): Promise<string> {
    const path = join(dir(), name)
    await mkdir(dir(), { recursive: true })
    await writeFile(path, text, { mode })
    await chmod(path, mode)
    return path
  }

  it('comes of the file, else of the environment', async () => {
    const env = { SHITOPS_DASH_TOKEN: 'of-the-environment' }
    const place = { url: other, directory: dir() }
    expect(await dashToken(await file('t', 'alone-in-its-file\n'), env, place)).to.equal('alone-in-its-file')
    expect(await dashToken(undefined, env, place)).to.equal('of-the-environment')
    const lines = '# who\nprom metrics m-token-0123456789\ndesk finance sha256:00\nops operations,write o-token-0123456789\n'
    expect(await dashToken(await file('lines', lines), env, place)).to.equal('o-token-0123456789')
  })

  it("is this machine's own for a server on this machine alone", async () => {
    await file('tokens', 'local finance,operations,write own-token-0123456789\n')
    expect(await dashToken(undefined, {}, { url: own, directory: dir() })).to.equal('own-token-0123456789')
    expect(await codeOf(dashToken(undefined, {}, { url: other, directory: dir() }))).to.equal('SHITOPS_E_DASH_TOKEN')
    const lookalike = new URL('http://127.0.0.1.example')
    expect(await codeOf(dashToken(undefined, {}, { url: lookalike, directory: dir() }))).to.equal('SHITOPS_E_DASH_TOKEN')
  })

  it('is refused of a file that others may read, or that has none', async () => {
    const place = { url: other, directory: dir() }
    expect(await codeOf(dashToken(await file('open', 'a-token', 0o644), {}, place))).to.equal('SHITOPS_E_SECRET_MODE')
    expect(await codeOf(dashToken(await file('none', 'desk finance sha256:00\n'), {}, place))).to.equal('SHITOPS_E_DASH_TOKEN')
  })

  it('does not belong into the address', () => {
    expect(serverUrl('ws://127.0.0.1:7468').origin).to.equal('http://127.0.0.1:7468')
    expect(serverUrl('wss://dash.example').origin).to.equal('https://dash.example')
    for (const bad of ['ftp://x', 'nothing', 'ws://u:p@x', 'http://x/#token=abc', 'ws://x/?token=abc']) {
      expect(() => serverUrl(bad), bad)
        .to.throw()
        .with.property('code', 'SHITOPS_E_USAGE')
      expect(() => serverUrl(bad), bad).to.not.throw(/abc|u:p/)
    }
  })

  it('has a name that the audit log can keep', () => {
    expect(['Ada.L', '007', 'root', ''].map(nameOf)).to.eql(['ada-l', 'local', 'root', 'local'])
  })
})
