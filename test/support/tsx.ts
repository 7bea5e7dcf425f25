import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What `node --import` takes to run sources in a child process, whatever its working folder. */
export const TSX = pathToFileURL(resolve('node_modules/tsx/dist/loader.mjs')).href
