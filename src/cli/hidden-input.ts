import type { ReadStream } from 'node:tty'

const [INTERRUPT, END, BACKSPACE, DELETE, KILL_LINE] = ['\u0003', '\u0004', '\b', '\u007f', '\u0015']

export interface HiddenInput {
  readonly stdin: ReadStream
  /** Where is said what to do; nothing of what is typed. */
  readonly say: (text: string) => void
  readonly signal: AbortSignal
  /** Ctrl-C: raw mode keeps the terminal from sending the signal itself. */
  readonly interrupt: () => void
}

/**
 * What is typed or pasted at a terminal, up to Ctrl-D, without the terminal showing it: for secrets. Backspace and Ctrl-U work as they do in a shell.
 * The terminal is left as it was found, however it ends; with the signal, empty.
 * @param what is asked for
 */
export async function* hiddenChunks(what: string, { stdin, say, signal, interrupt }: HiddenInput): AsyncGenerator<Buffer> {
  const raw = stdin.isRaw
  stdin.setRawMode(true)
  say(`Type or paste ${what}; they are not shown. Ctrl-D ends them.\n`)
  try {
    const text = await typed(stdin, signal, interrupt)
    if (!signal.aborted) yield Buffer.from(text)
  } finally {
    stdin.setRawMode(raw)
    stdin.pause()
  }
}

function typed(stdin: ReadStream, signal: AbortSignal, interrupt: () => void): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const finish = (settle: () => void) => {
      stdin.off('data', take)
      stdin.off('end', done)
      stdin.off('error', fail)
      signal.removeEventListener('abort', done)
      settle()
    }
    const done = () => finish(() => resolve(text))
    const fail = (error: Error) => finish(() => reject(error))
    const take = (chunk: Buffer) => {
      for (const key of chunk.toString('utf8')) {
        if (key === END) return done()
        if (key === INTERRUPT) return interrupt()
        text = edited(text, key)
      }
    }
    stdin.on('data', take)
    stdin.on('end', done)
    stdin.on('error', fail)
    signal.addEventListener('abort', done, { once: true })
    if (signal.aborted) done()
    else stdin.resume()
  })
}

/** A text after one more key. */
export function edited(text: string, key: string): string {
  if (key === BACKSPACE || key === DELETE) return text.endsWith('\n') ? text : text.slice(0, -1)
  if (key === KILL_LINE) return text.slice(0, text.lastIndexOf('\n') + 1)
  return text + (key === '\r' ? '\n' : key)
}
