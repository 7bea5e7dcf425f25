/**
 * The bytes of standard input, until they end or the signal aborts.
 * @param what is told to somebody at a terminal, who would wonder what the command waits for
 */
export async function* stdinChunks(signal: AbortSignal, what?: string): AsyncGenerator<Buffer> {
  if (what !== undefined && process.stdin.isTTY) process.stderr.write(`Reading ${what} from the terminal; Ctrl-D ends them.\n`)
  const stop = () => process.stdin.destroy()
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const chunk of process.stdin) yield chunk
  } catch (error) {
    // A destroyed stream ends its readers with an error; ours was asked to stop.
    if (!signal.aborted) throw error
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** As `stdinChunks`, of what nobody beside the terminal may read: it does not show what is typed. */
export async function* secretChunks(signal: AbortSignal, what: string): AsyncGenerator<Buffer> {
  const { stdin } = process
  if (!stdin.isTTY) return yield* stdinChunks(signal)
  const { hiddenChunks } = await import('./hidden-input.ts')
  const say = (text: string) => void process.stderr.write(text)
  yield* hiddenChunks(what, { stdin, say, signal, interrupt: () => process.kill(process.pid, 'SIGINT') })
}

/** All of standard input, up to its end. */
export async function readStdin(signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stdinChunks(signal)) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Write data to standard output, and wait while its reader is behind: memory stays flat however slow the reader is. */
export async function writeOut(text: string): Promise<void> {
  if (process.stdout.write(text)) return
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve))
}
