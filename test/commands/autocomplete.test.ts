import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { runCli } from '../support/cli.ts'

describe('autocomplete', () => {
  let cache: string
  before(async () => {
    cache = await mkdtemp(join(tmpdir(), 'shitops-completion-'))
  })
  after(() => rm(cache, { recursive: true, force: true }))

  it('cli point 32: completes commands and flags in a real bash', async function () {
    this.timeout(120_000)
    const env = { XDG_CACHE_HOME: cache }
    expect((await runCli(['autocomplete', 'bash'], { env })).code).to.equal(0)
    const script = (await runCli(['autocomplete', 'script', 'bash'], { env })).stdout
    const complete = async (...words: string[]) => {
      const ask = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _shitops_autocomplete; printf '%s\\n' "\${COMPREPLY[@]}"`
      const { stdout } = await promisify(execFile)('bash', ['--norc', '-c', `${script}\n${ask}`])
      return stdout.split('\n').map((line) => line.trim())
    }
    expect(await complete('shitops', 'doc')).to.include('doctor')
    expect(await complete('shitops', 'config', '')).to.include.members(['init', 'show', 'validate', 'path'])
    expect(await complete('shitops', 'doctor', '--')).to.include('--json')
  })
})
