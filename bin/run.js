#!/usr/bin/env node
// Start-up order matters. A reader that leaves early (`| head -1`) ends the command with 0, and oclif swallows EPIPE, so this
// comes before oclif. The compile cache (Node 22.8+) halves the start; the bundle in dist/ is loaded last.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') return end(0)
  // A full disk, most likely. Nothing more can be said there, so it is said here, once for every command.
  process.stderr.write(`Error: standard output cannot be written: ${error.message} (SHITOPS_E_FILE)\n`)
  end(1)
})
process.stderr.on('error', () => {})
// At once, but for what src/base/process-end.ts knows to be under way.
const end = (code) => process.emit('shitops.end', code) || process.exit(code)

const { enableCompileCache } = (await import('node:module')).default
enableCompileCache?.()

const { main } = await import('../dist/main.js')
await main(process.argv.slice(2), import.meta.url)
