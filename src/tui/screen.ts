import { Box, Text, useInput } from 'ink'
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
