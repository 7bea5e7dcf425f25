import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { CLI, cliEnv } from './cli.ts'

/** Runs a command with a pseudo-terminal of 100 by 24 for its input, output and errors; what is typed goes in, what is shown comes out. */
const PTY = `
import fcntl, os, pty, struct, sys, termios, threading
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 100, 0, 0))
def typing():
    while True:
        keys = os.read(0, 1024)
        if not keys: return
        os.write(fd, keys)
threading.Thread(target=typing, daemon=True).start()
while True:
    try:
        data = os.read(fd, 65536)
    except OSError:
        break
    if not data: break
    os.write(1, data)
os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 255)
`

/** Why no terminal can be had here, or undefined. */
export function terminalMissing(): string | undefined {
  if (process.platform === 'win32') return 'Windows has no pseudo-terminals of this kind'
  return spawnSync('python3', ['-c', 'import pty, os; os.waitstatus_to_exitcode']).status === 0
    ? undefined
    : 'python3 (3.9) is not installed'
}

/** The built CLI at a terminal. */
export class TerminalCli {
  /** What the command wrote, with its control characters. */
  written = ''
  readonly exited: Promise<number | null>
  readonly #child: ChildProcessWithoutNullStreams

  constructor(args: readonly string[], home: string) {
    this.#child = spawn('python3', ['-c', PTY, process.execPath, CLI, ...args], { env: cliEnv(home), cwd: home })
    // Decoded as a stream: a character may be torn between two chunks.
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.written += text
    })
    this.exited = new Promise((resolve) => this.#child.once('close', resolve))
  }

  type(keys: string): void {
    this.#child.stdin.write(keys)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** The lines that stand on the terminal: what was written, obeyed. Enough of one for a table that is redrawn in place. */
  get screen(): string[] {
    const lines = ['']
    let [row, column] = [0, 0]
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal obeys
    for (const [piece, up] of this.written.matchAll(/\u001b\[(\d+)A|\u001b\[0J|\r|\n|\u001b\[[\d;]*m|[^\u001b\r\n]+|\u001b/g)) {
      if (up !== undefined) row = Math.max(0, row - Number(up))
      else if (piece === '\u001b[0J') lines.splice(row, lines.length, (lines[row] ?? '').slice(0, column))
      else if (piece === '\r') column = 0
      else if (piece === '\n') row++
      else if (!piece.startsWith('\u001b')) {
        lines[row] = (lines[row] ?? '').slice(0, column).padEnd(column) + piece + (lines[row] ?? '').slice(column + piece.length)
        column += piece.length
      }
      while (lines.length <= row) lines.push('')
    }
    return lines
  }
}
