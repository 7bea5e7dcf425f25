import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The page: hashed files that a server may let browsers keep for ever, and an index that it may not. Nothing is loaded from anywhere else. */
export default defineConfig({
  root: here('.'),
  base: './',
  logLevel: 'warn',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: process.env.SHITOPS_WEB_OUT ?? here('../../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // On a busy machine it would be told which plugin is slow: `npm start` shows that to people who only want the demo.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
})
