/** `node --import …`: whoever imports node-fetch gets Node's own fetch (undici) instead, with its body as a stream like the other's. */
import { register } from 'node:module'

const SHIM = `
const own = globalThis.fetch
async function* buffers(body) {
  for await (const bytes of body) yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
export default async (address, { agent, ...options }) => {
  const { status, headers, body } = await own(address, options)
  return { status, headers, body: body && buffers(body) }
}`

register(
  `data:text/javascript,${encodeURIComponent(`
    export async function resolve(specifier, context, next) {
      if (specifier === 'node-fetch') return { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(SHIM)}`)}, shortCircuit: true }
      return next(specifier, context)
    }`)}`,
)
