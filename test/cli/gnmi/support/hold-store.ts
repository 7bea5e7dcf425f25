/**
 * Holds the write lock of an embedded bus until it is killed, as a slow disk would: `node --import tsx hold-store.ts DIRECTORY`. Says when it is about to
 * take it, and when it has it.
 */
import { writeSync } from 'node:fs'
import { openStore } from '../../../../src/bus/embedded/store.ts'

const [directory = ''] = process.argv.slice(2)
writeSync(1, 'ready\n')
const store = await openStore(directory, false)
store.root.transactionSync(() => {
  writeSync(1, 'held\n')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})
