/** How event time is cut into windows of one length; all lengths in ms. */
export type WindowSpec =
  | { readonly kind: 'TUMBLE'; readonly size: number; readonly offset: number }
  /** A window of `size` every `slide`; `size` is a multiple of `slide`. */
  | { readonly kind: 'HOP'; readonly size: number; readonly slide: number; readonly offset: number }
  /** Windows that grow by `step` until they have `size`, a multiple of it. */
  | { readonly kind: 'CUMULATE'; readonly size: number; readonly step: number; readonly offset: number }

/** The start of the window of length `size` in which `time` lies: windows are counted from the epoch plus `offset`. */
export function windowStart(time: number, size: number, offset: number): number {
  const rest = (time - offset) % size
  return time - (rest < 0 ? rest + size : rest)
}

/** The windows that a time belongs to, as [start, end), the earliest first. */
export function windowsOf(spec: WindowSpec, time: number): Array<readonly [start: number, end: number]> {
  switch (spec.kind) {
    case 'TUMBLE': {
      const start = windowStart(time, spec.size, spec.offset)
      return [[start, start + spec.size]]
    }
    case 'HOP': {
      const windows: Array<readonly [number, number]> = []
      for (let start = windowStart(time, spec.slide, spec.offset); start > time - spec.size; start -= spec.slide) {
        windows.unshift([start, start + spec.size])
      }
      return windows
    }
    case 'CUMULATE': {
      const start = windowStart(time, spec.size, spec.offset)
      const windows: Array<readonly [number, number]> = []
      for (let end = start + spec.step; end <= start + spec.size; end += spec.step) if (time < end) windows.push([start, end])
      return windows
    }
  }
}

/** The slice is the part of time that no window cuts: rows are aggregated once per slice, and slices make windows. */
export function sliceOf(spec: WindowSpec): number {
  return spec.kind === 'TUMBLE' ? spec.size : spec.kind === 'HOP' ? spec.slide : spec.step
}
