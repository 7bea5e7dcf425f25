#!/usr/bin/env node
// Start-up order matters. A reader that leaves early (`| head -1`) ends the command with 0, and oclif swallows EPIPE, so this
// comes before oclif. The compile cache (Node 22.8+) halves the start; the bundle in dist/ is loaded last.
process.stdout.on('error', (error) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})
process.stderr.on('error', () => {})

const { enableCompileCache } = (await import('node:module')).default
enableCompileCache?.()

const { main } = await import('../dist/main.js')
await main(process.argv.slice(2), import.meta.url)
