import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const cache = process.env.SHITOPS_TEST_CACHE || join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'shitops-test')

/** Folders of kernel modules that Bluetooth and its cryptography need. */
const MODULES = ['crypto', 'lib', 'arch/x86/crypto', 'net/rfkill', 'net/bluetooth/bluetooth.ko', 'drivers/bluetooth/hci_vhci.ko']

/** What noble loads at run time. */
const PACKAGES = ['@abandonware/noble', '@abandonware/bluetooth-hci-socket', 'debug', 'ms']

/** The first process of the guest. */
const INIT = `#!/bin/busybox sh
/bin/busybox --install -s /bin
# Where the kernel looks for modprobe.
ln -s /bin /sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
depmod
modprobe hci_vhci || echo "FAIL no hci_vhci"
node /app/guest.mjs
poweroff -f
`

/** Debian's kernel, fetched once and unpacked, not installed. */
export function fetchKernel(): { vmlinuz: string; modules: string; version: string } {
  const dir = join(cache, 'kernel')
  mkdirSync(dir, { recursive: true })
  if (!existsSync(join(dir, 'boot'))) {
    const depends = execFileSync('apt-cache', ['depends', 'linux-image-amd64'], { encoding: 'utf8' })
    const name = /Depends: (linux-image-\S+)/.exec(depends)?.[1]
    if (!name) throw new Error('apt knows no linux-image-amd64: apt-get update')
    execFileSync('apt-get', ['download', name], { cwd: dir, stdio: 'inherit' })
    const deb = readdirSync(dir).find((file) => file.endsWith('.deb')) ?? ''
    execFileSync('dpkg', ['-x', deb, '.'], { cwd: dir })
  }
  const version = readdirSync(join(dir, 'lib/modules'))[0] ?? ''
  return { vmlinuz: join(dir, 'boot', `vmlinuz-${version}`), modules: join(dir, 'lib/modules', version), version }
}

/** Make the guest's file system, all of it in memory: busybox, this Node, noble, our code. Returns the archive's path. */
export async function buildImage(dir: string, modules: string, version: string): Promise<string> {
  const root = join(dir, 'root')
  for (const folder of ['bin', 'proc', 'sys', 'dev', 'app']) mkdirSync(join(root, folder), { recursive: true })
  copyFileSync(execFileSync('which', ['busybox'], { encoding: 'utf8' }).trim(), join(root, 'bin/busybox'))
  writeFileSync(join(root, 'init'), INIT)
  chmodSync(join(root, 'init'), 0o755)
  copyNode(root)
  copyModules(modules, join(root, 'lib/modules', version))
  for (const name of PACKAGES)
    cpSync(resolve('node_modules', name), join(root, 'app/node_modules', name), { recursive: true, dereference: true })
  await bundle(join(root, 'app'))
  const archive = join(dir, 'initramfs')
  execFileSync('sh', ['-c', `find . | cpio -o -H newc --quiet > ${archive}`], { cwd: root })
  rmSync(root, { recursive: true })
  return archive
}

/** This Node with the libraries it is linked to, where the loader looks for them. */
function copyNode(root: string): void {
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).match(/\/\S+(?= \()/g) ?? []
  for (const library of libraries) {
    mkdirSync(dirname(join(root, library)), { recursive: true })
    copyFileSync(library, join(root, library))
  }
  copyFileSync(process.execPath, join(root, 'bin/node'))
  chmodSync(join(root, 'bin/node'), 0o755)
}

function copyModules(from: string, to: string): void {
  for (const path of MODULES) cpSync(join(from, 'kernel', path), join(to, 'kernel', path), { recursive: true })
  // For depmod, which runs in the guest.
  for (const name of ['modules.order', 'modules.builtin', 'modules.builtin.modinfo'])
    writeFileSync(join(to, name), readFileSync(join(from, name)))
}

async function bundle(outdir: string): Promise<void> {
  const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))
  await build({
    entryPoints: [here('./guest.ts'), here('./vhci.ts'), here('../scanner.ts')],
    outdir,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['mqtt'],
  })
}
