import { Box, render, Text, useInput } from 'ink'
import { createElement, memo, type ReactElement, useSyncExternalStore } from 'react'
import { keysOf } from './keymap.ts'
import type { Store } from './store.ts'

/** One line, painted already: of the lines that stay as they are React has nothing to do. */
const Line = memo(({ text }: { text: string }): ReactElement => createElement(Text, { wrap: 'truncate' }, text))

/** The whole screen. What it shows is made by the store; what is typed goes there. */
export function Screen({ store, input = true }: { store: Store; input?: boolean }): ReactElement {
  const frame = useSyncExternalStore(store.subscribe, store.frame)
  useInput((text, press) => store.type(keysOf(text, press)), { isActive: input })
  return createElement(
    Box,
    { flexDirection: 'column' },
    frame.map((text, i) => createElement(Line, { key: String(i), text })),
  )
}

export interface Mounted {
  /** Ink has gone: it failed, or was unmounted. */
  readonly ended: Promise<unknown>
  unmount(): void
}

/** Shows the store on a terminal. No incremental rendering: in Ink 6.8 it drifts a line down with each frame. */
export function mount(
  store: Store,
  { stdout, stdin, input }: { stdout: NodeJS.WriteStream; stdin: NodeJS.ReadStream; input?: boolean },
): Mounted {
  const instance = render(createElement(Screen, { store, ...(input !== undefined && { input }) }), {
    ...{ stdout, stdin, exitOnCtrlC: false, patchConsole: false, maxFps: 30, incrementalRendering: false },
  })
  return { ended: instance.waitUntilExit(), unmount: () => instance.unmount() }
}
