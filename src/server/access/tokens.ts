import { createHash, timingSafeEqual } from 'node:crypto'
import { ShitopsError } from '../../base/errors.ts'
import { CHANNEL_NAMES, type ChannelName } from '../../live/protocol.ts'

/** What a token allows: two channels, writing, handing in alerts of others, and scraping metrics. */
export const ROLES = ['finance', 'operations', 'write', 'input', 'metrics'] as const
export type Role = (typeof ROLES)[number]

/** Whoever has shown a token. */
export interface Grant {
  /** Stands in the audit log. */
  readonly name: string
  readonly roles: ReadonlySet<Role>
  readonly channels: readonly ChannelName[]
}

interface Known {
  readonly grant: Grant
  readonly digest: Buffer
}

/** Shorter ones can be guessed. */
const SHORTEST = 16

/** The tokens that are taken. Held as digests. */
export class Tokens {
  readonly #known: readonly Known[]

  constructor(known: readonly Known[]) {
    this.#known = known
  }

  /** Takes the same time whichever token it is compared with. */
  find(token: string): Grant | undefined {
    const digest = digestOf(token)
    let found: Grant | undefined
    for (const known of this.#known) if (timingSafeEqual(known.digest, digest)) found = known.grant
    return found
  }

  get count(): number {
    return this.#known.length
  }
}

const digestOf = (token: string): Buffer => createHash('sha256').update(token).digest()

/**
 * Tokens of a text: one a line, `NAME ROLES TOKEN`; roles are joined by commas; `sha256:HEX` stands for a token that is not written down.
 * Empty lines and lines that begin with `#` say nothing.
 * @param source where the text is from, for messages; never what is in it
 * @throws SHITOPS_E_SERVE_TOKENS
 */
export function parseTokens(text: string, source: string): Tokens {
  const known: Known[] = []
  const names = new Set<string>()
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const words = line.trim().split(/\s+/)
    if (line.trim() === '' || line.trim().startsWith('#')) continue
    const wrong = (why: string) => unusable(`${source}, line ${i + 1}: ${why}`)
    const [name = '', roles = '', token = ''] = words
    if (words.length !== 3) throw wrong('a line is NAME ROLES TOKEN')
    if (!/^[a-z][a-z0-9_-]{0,62}$/.test(name)) throw wrong('a name is lower-case letters, digits, _ and -')
    if (names.has(name)) throw wrong(`the name ${name} is there already`)
    const given = roles.split(',')
    const stranger = given.find((role) => !(ROLES as readonly string[]).includes(role))
    if (stranger !== undefined) throw wrong(`there is no role like the second word; roles are ${ROLES.join(', ')}`)
    names.add(name)
    const set = new Set(given as Role[])
    const channels = CHANNEL_NAMES.filter((channel) => set.has(channel))
    known.push({ grant: { name, roles: set, channels }, digest: digestFrom(token, wrong) })
  }
  if (known.length === 0) throw unusable(`${source} holds no token`)
  return new Tokens(known)
}

function digestFrom(token: string, wrong: (why: string) => ShitopsError): Buffer {
  if (token.startsWith('sha256:')) {
    if (!/^sha256:[0-9a-f]{64}$/.test(token)) throw wrong('after sha256: come 64 hexadecimal digits')
    return Buffer.from(token.slice('sha256:'.length), 'hex')
  }
  if (token.length < SHORTEST) throw wrong(`a token has at least ${SHORTEST} characters`)
  // It must fit into a subprotocol of a WebSocket, where a browser puts it (RFC 9110, token).
  if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(token)) throw wrong("a token has letters, digits and !#$%&'*+-.^_`|~ only")
  return digestOf(token)
}

const unusable = (message: string) =>
  new ShitopsError('SHITOPS_E_SERVE_TOKENS', message, {
    suggestions: [
      'a line is NAME ROLES TOKEN: ops operations,write 3q2-7wAAbBcC…',
      'openssl rand -base64 32 | tr +/ -_ | tr -d =  makes a token',
    ],
  })
