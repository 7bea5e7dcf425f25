import { Flags } from '@oclif/core'
import { ShitopsError } from '../../base/errors.ts'

const CONNECTION = 'CONNECTION'

/** Where the targets are and how they are reached: the same for every command that talks to gNMI targets. `targetsOf` reads them. */
export const connectionFlags = {
  address: Flags.string({
    char: 'a',
    summary: 'A target; repeat it for several. Several addresses of one target stand between commas.',
    helpValue: 'HOST:PORT',
    helpGroup: CONNECTION,
    multiple: true,
    multipleNonGreedy: true,
  }),
  target: Flags.string({
    summary: 'What the device calls itself: prefix.target of the request.',
    helpValue: 'NAME',
    helpGroup: CONNECTION,
  }),
  insecure: Flags.boolean({ summary: 'Plaintext, without TLS.', helpGroup: CONNECTION }),
  'skip-verify': Flags.boolean({ summary: 'TLS with whoever answers: no certificate is checked.', helpGroup: CONNECTION }),
  'tls-ca': Flags.string({
    summary: "Certificates that may vouch for the target (PEM) instead of the system's.",
    helpValue: 'FILE',
    helpGroup: CONNECTION,
  }),
  'tls-cert': Flags.string({ summary: 'Certificate of this client (PEM).', helpValue: 'FILE', helpGroup: CONNECTION }),
  'tls-key': Flags.string({ summary: 'Its private key (PEM, mode 0600).', helpValue: 'FILE', helpGroup: CONNECTION }),
  'tls-server-name': Flags.string({
    summary: "Name in the target's certificate, where it is not the address.",
    helpValue: 'NAME',
    helpGroup: CONNECTION,
  }),
  username: Flags.string({ summary: 'Who logs in.', helpValue: 'NAME', helpGroup: CONNECTION, env: 'SHITOPS_GNMI_USERNAME' }),
  'password-file': Flags.string({
    summary: 'The password (mode 0600); or SHITOPS_GNMI_PASSWORD.',
    helpValue: 'FILE',
    helpGroup: CONNECTION,
  }),
  'token-file': Flags.string({
    summary: 'A bearer token (mode 0600), sent over TLS only; or SHITOPS_GNMI_TOKEN.',
    helpValue: 'FILE',
    helpGroup: CONNECTION,
  }),
  timeout: Flags.string({
    summary: 'For the connection, and for the answer to a call.',
    helpValue: 'TIME',
    helpGroup: CONNECTION,
    default: '10s',
  }),
  'max-message-size': Flags.string({
    summary: 'Largest message that is taken.',
    helpValue: 'SIZE',
    helpGroup: CONNECTION,
    default: '64MiB',
  }),
  'window-size': Flags.string({
    summary: 'HTTP/2 flow control window; 1MiB serves targets far away.',
    helpValue: 'SIZE',
    helpGroup: CONNECTION,
  }),
  keepalive: Flags.string({
    summary: 'Ping the target so often, 10s or more. Many targets do not like it.',
    helpValue: 'TIME',
    helpGroup: CONNECTION,
  }),
  password: refused('password', '--password-file FILE', 'SHITOPS_GNMI_PASSWORD'),
  token: refused('token', '--token-file FILE', 'SHITOPS_GNMI_TOKEN'),
}

/**
 * A flag that hands of habit type. It is known only to be refused with the right way: as an unknown flag its value would stand in the error.
 */
function refused(secret: string, flag: string, variable: string) {
  return Flags.custom<never>({
    hidden: true,
    summary: `Not taken: ${flag}.`,
    parse: async () => {
      throw new ShitopsError(
        'SHITOPS_E_USAGE',
        `no ${secret} is taken from the command line: others on this machine see it there, and the shell keeps it`,
        { suggestions: [flag, `the environment variable ${variable}`] },
      )
    },
  })()
}
