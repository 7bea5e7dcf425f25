/**
 * `npm run test:kernel`: scans in a virtual machine whose kernel has Bluetooth, with a virtual controller behind /dev/vhci (T4). By hand: it
 * needs Debian with qemu-system-x86, busybox-static and cpio, and fetches a kernel of 70 MB at the first run.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildImage, fetchKernel } from './image.ts'

const NEEDED = ['qemu-system-x86_64', 'busybox', 'cpio', 'apt-get', 'dpkg', 'ldd']
const LONGEST_RUN_MS = 300_000

const missing = NEEDED.filter((tool) => spawnSync('which', [tool]).status !== 0)
if (missing.length > 0) {
  console.log(`skipped: not on this machine: ${missing.join(', ')} (apt-get install qemu-system-x86 busybox-static cpio)`)
  process.exit(0)
}

const dir = await mkdtemp(join(tmpdir(), 'shitops-kernel-'))
try {
  const { vmlinuz, modules, version } = fetchKernel()
  const archive = await buildImage(dir, modules, version)
  const started = Date.now()
  const output = await boot(vmlinuz, archive)
  const passed = output.match(/PASS /g)?.length ?? 0
  const isWell = /^DONE\r?$/m.test(output) && !/^FAIL /m.test(output)
  console.log(`${passed} passed, ${isWell ? 0 : 1} failed, ${Math.round((Date.now() - started) / 1_000)} s`)
  process.exitCode = isWell ? 0 : 1
} finally {
  await rm(dir, { recursive: true, force: true })
}

/** Run the guest to its end; what it wrote to its console. */
function boot(kernel: string, initrd: string): Promise<string> {
  const machine = ['-machine', 'accel=tcg', '-m', '1024', '-smp', '1', '-no-reboot', '-display', 'none', '-nodefaults', '-serial', 'stdio']
  const guest = ['-kernel', kernel, '-initrd', initrd, '-append', 'console=ttyS0 quiet panic=-1']
  const child = spawn('qemu-system-x86_64', [...machine, ...guest], {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: LONGEST_RUN_MS,
    killSignal: 'SIGKILL',
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk
    process.stdout.write(chunk)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(output))
  })
}
