import type { RecordFormat } from './format.ts'

const NEWLINE = 0x0a

/** The bytes of the value and a line break; a tombstone is an empty line. */
export const RAW_FORMAT: RecordFormat = {
  add(out, batch, i) {
    const value = batch.value(i)
    if (value) out.bytes(value)
    out.byte(NEWLINE)
  },
  run: (batch, from, to) => batch.takeLines?.(from, to),
}
