import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The programs of github.com/openconfig/gnmi that shitops is tested against. */
export interface GnmiGo {
  /** A target: `-text -config FILE.pbtxt -port N -server_crt … -server_key … -allow_no_client_auth`; TLS only. */
  fakeServer: string
  /** A client. */
  gnmiCli: string
}

export interface NoGnmiGo {
  missing: string
}

const VERSION = 'v0.14.1'
const MODULE = 'github.com/openconfig/gnmi'
const PACKAGES = ['testing/fake/gnmi/cmd/fake_server', 'cmd/gnmi_cli']
/** For compiling both on a slow machine. */
const DEADLINE = 300_000

/** Cache: $SHITOPS_TEST_CACHE or ~/.cache/shitops-test, in a folder named by the version (about 40 MB). */
const home = () => join(process.env.SHITOPS_TEST_CACHE || join(homedir(), '.cache', 'shitops-test'), `gnmi-go-${VERSION}`)

let installed: Promise<GnmiGo | NoGnmiGo> | undefined

/** Installed once a machine, by `go install`; the reason why not where there is no Go, or it fails. A test then skips itself and says it. */
export function installGnmiGo(): Promise<GnmiGo | NoGnmiGo> {
  installed ??= installOnce()
  return installed
}

async function installOnce(): Promise<GnmiGo | NoGnmiGo> {
  const folder = home()
  const programs = { fakeServer: join(folder, 'fake_server'), gnmiCli: join(folder, 'gnmi_cli') }
  if (existsSync(programs.fakeServer) && existsSync(programs.gnmiCli)) return programs
  try {
    await run('go', ['version'])
  } catch {
    return { missing: 'go is not on PATH (https://go.dev/doc/install)' }
  }
  try {
    await build(folder)
    return programs
  } catch (error) {
    return {
      missing: `go install ${MODULE}@${VERSION} failed: ${String((error as { stderr?: string }).stderr || error)
        .trim()
        .slice(-300)}`,
    }
  }
}

/** Into a folder of its own first, so that two test runs at once, or an interrupted one, leave no half cache. */
async function build(folder: string): Promise<void> {
  await mkdir(join(folder, '..'), { recursive: true })
  const fresh = await mkdtemp(`${folder}-`)
  try {
    const env = { ...process.env, GOBIN: fresh, GOFLAGS: '-mod=mod' }
    for (const name of PACKAGES) await run('go', ['install', `${MODULE}/${name}@${VERSION}`], { env, timeout: DEADLINE })
    await rename(fresh, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}
