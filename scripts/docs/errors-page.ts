import { ERROR_CODES, EXIT } from '../../src/base/errors.ts'
import { code, GENERATED, table } from './markdown.ts'

const EXITS: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'done',
  runtime: 'failed at run time',
  usage: 'wrong usage: a flag, an argument, a name',
  found: 'alerts found, a check failed, or differences found',
  unavailable: 'something needed is not there: a broker, a radio, a module',
  tryLater: 'try again later',
  notAllowed: 'not allowed: credentials, rights, the mode of a secret file',
  config: 'the configuration is not valid',
  notFound: 'no such command',
  interrupted: 'ended by Ctrl-C',
  terminated: 'ended by SIGTERM',
}

/** docs/errors.md: the registry of src/base/errors.ts. */
export function errorsPage(): string {
  const exits = Object.entries(EXITS).map(([name, meaning]) => [String(EXIT[name as keyof typeof EXIT]), meaning])
  const codes = Object.entries(ERROR_CODES).map(([name, { exit, meaning }]) => [code(name), String(exit), meaning])
  return `# Errors and exit codes

${GENERATED}

A failure says what went wrong and why, names the thing, and says what to do next. Scripts match on the code and the exit code, which do not
change once released; the words may. With \`--json\` the failure is one document on stdout, with the same exit code:

\`\`\`json
{"error":{"code":"SHITOPS_E_TOPIC_UNKNOWN","message":"…","suggestions":["…"],"exit":2}}
\`\`\`

## Exit codes

${table(['exit', 'meaning'], exits)}

A reader that closes the pipe early (\`| head -1\`) ends the command with 0.

## Error codes

${table(['code', 'exit', 'meaning'], codes)}
`
}
