import type { Socket } from 'node:net'
import { type IPty, spawn } from '@lydell/node-pty'

/** Between two looks whether there is more to read. */
const LOOK_MS = 50

/**
 * A program at a pty. node-pty closes it 200 ms after the program's end, read or not: a test that was held up for longer would miss the last words. Here it
 * is closed once there is nothing more to read.
 */
export function spawnPty(file: string, args: string[], options: Parameters<typeof spawn>[2]): IPty {
  const pty = spawn(file, args, options)
  const { _socket: socket } = pty as unknown as { _socket: Socket }
  const destroy = socket.destroy.bind(socket)
  socket.destroy = (error) => {
    let more = true
    socket.on('data', () => {
      more = true
    })
    // Behind the turn in which what has come is read, also where that turn is late.
    const lookAgain = () => setTimeout(() => setImmediate(look), LOOK_MS)
    const look = () => {
      if (!more) return void destroy(error)
      more = false
      lookAgain()
    }
    lookAgain()
    return socket
  }
  return pty
}
