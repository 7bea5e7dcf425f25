import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { notFound } from './guard.ts'

/** A name with a hash in it is the same file for ever. */
const HASHED = /[.-][\w-]{8,}\.(?:js|css|svg|woff2?|png)$/

/** The web page, where it has been built; otherwise a word about that. Loads @fastify/static and @fastify/compress. */
export async function serveWeb(app: FastifyInstance, root: string): Promise<void> {
  const there = await access(join(root, 'index.html')).then(
    () => true,
    () => false,
  )
  if (!there) {
    app.get('/', async (_, reply) => {
      return notFound(reply, 'this server has no web page: none was built', ['npm run build', 'the API: GET /api/v1/openapi.json'])
    })
    return
  }
  const { default: compress } = await import('@fastify/compress')
  const { default: files } = await import('@fastify/static')
  await app.register(async (page) => {
    await page.register(compress, { global: true, encodings: ['br', 'gzip'], threshold: 1_024 })
    await page.register(files, {
      root,
      cacheControl: false,
      setHeaders: (response, path) => {
        const cache = HASHED.test(path) ? 'public, max-age=31536000, immutable' : 'no-store'
        // The reply's own header where there is one, the response's otherwise.
        const target = response as unknown as { header?(name: string, value: string): void; setHeader?(name: string, value: string): void }
        if (target.header) target.header('cache-control', cache)
        else target.setHeader?.('cache-control', cache)
      },
    })
  })
}
