import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** A command line of shitops in some file, without the program's name. */
export interface CommandLine {
  file: string
  argv: readonly string[]
}

interface Manifest {
  commands: Record<string, { flags: Record<string, ManifestFlag>; args: Record<string, { required?: boolean }>; strict?: boolean }>
}

interface ManifestFlag {
  type: 'boolean' | 'option'
  char?: string
  required?: boolean
  allowNo?: boolean
  options?: string[]
}

const read = (path: string) => readFileSync(path, 'utf8')
const within = (folder: string, end: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith(end))
    .map((name) => join(folder, name))

/** Everything in deploy/ and its pages that starts shitops. */
export function commandLinesOf(): CommandLine[] {
  return [...fromCompose(), ...fromKubernetes(), ...fromUnits(), ...fromImage(), ...fromPages()]
}

function fromCompose(): CommandLine[] {
  return within('deploy/compose', '.yaml').flatMap((file) => {
    const { services } = parse(read(file), { merge: true }) as { services: Record<string, { image?: string; command?: string[] }> }
    return Object.values(services).flatMap(({ image, command }) => (image?.startsWith('shitops:') ? [{ file, argv: command ?? [] }] : []))
  })
}

function fromKubernetes(): CommandLine[] {
  return within('deploy/k8s', '.yaml').flatMap((file) =>
    parseAllDocuments(read(file), { merge: true }).flatMap((document) => {
      const { spec } = document.toJS() as { spec?: { template?: { spec?: { containers?: Array<{ image: string; args?: string[] }> } } } }
      const ours = (spec?.template?.spec?.containers ?? []).filter(({ image }) => /\/shitops:/.test(image))
      return ours.map(({ args = [] }) => ({ file, argv: args }))
    }),
  )
}

function fromUnits(): CommandLine[] {
  return within('deploy/systemd', '.service').flatMap((file) =>
    [...read(file).matchAll(/^ExecStart=\/usr\/bin\/shitops (.*)$/gm)].map(([, line = '']) => ({ file, argv: line.split(' ') })),
  )
}

function fromImage(): CommandLine[] {
  const file = 'deploy/Containerfile'
  return [...read(file).matchAll(/^CMD (\[.*\])$/gm)].map(([, json = '[]']) => ({ file, argv: JSON.parse(json) as string[] }))
}

/** Lines of code blocks that begin with the program, up to a pipe or a comment. */
function fromPages(): CommandLine[] {
  return ['docs/deploy.md', 'docs/edge.md', 'docs/scale.md'].flatMap((file) => {
    const code = [...read(file).matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block).join('')
    return [...code.matchAll(/^shitops (.*)$/gm)].map(([, line = '']) => ({ file, argv: words(line.replace(/ [|#].*$/, '')) }))
  })
}

const words = (line: string) =>
  [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(([, single, double, plain]) => single ?? double ?? plain ?? '')

/** What of all command lines this CLI would refuse. */
export async function commandLines(): Promise<string[]> {
  const manifest = JSON.parse(read('oclif.manifest.json')) as Manifest
  const lines = commandLinesOf()
  if (lines.length === 0) return ['there is no command line']
  return lines.flatMap(({ file, argv }) => problemsOf(argv, manifest).map((problem) => `${file}: shitops ${argv.join(' ')}: ${problem}`))
}

/** What is wrong with one command line. */
export function problemsOf(argv: readonly string[], { commands }: Manifest): string[] {
  const length = [3, 2, 1].find((count) => commands[argv.slice(0, count).join(':')] !== undefined)
  const command = length === undefined ? undefined : commands[argv.slice(0, length).join(':')]
  if (!command || length === undefined) return ['there is no such command']
  const problems: string[] = []
  const given = new Set<string>()
  let args = 0
  for (let i = length; i < argv.length; i++) {
    const word = argv[i] ?? ''
    if (!word.startsWith('-') || word === '-') {
      args++
      continue
    }
    const [, name = '', inline] = /^(--?[^=]+)(?:=(.*))?$/s.exec(word) ?? []
    const [flagName, flag] = flagOf(name, command.flags)
    if (!flag) {
      problems.push(`it has no flag ${name}`)
      continue
    }
    given.add(flagName)
    if (flag.type === 'boolean') continue
    const value = inline ?? argv[++i]
    if (value === undefined || (inline === undefined && value.startsWith('--'))) problems.push(`${name} needs a value`)
    else if (flag.options && !flag.options.includes(value)) problems.push(`${name} cannot be ${value}`)
  }
  for (const [name, { required }] of Object.entries(command.flags)) if (required && !given.has(name)) problems.push(`--${name} is missing`)
  const known = Object.values(command.args)
  if (args > known.length && command.strict !== false) problems.push(`${args} arguments, and it takes ${known.length}`)
  if (args < known.filter(({ required }) => required).length) problems.push('an argument is missing')
  return problems
}

function flagOf(name: string, flags: Readonly<Record<string, ManifestFlag>>): [string, ManifestFlag | undefined] {
  const long = name.replace(/^--/, '')
  const negated = long.replace(/^no-/, '')
  if (name.startsWith('--')) return flags[long] ? [long, flags[long]] : [negated, flags[negated]?.allowNo ? flags[negated] : undefined]
  return Object.entries(flags).find(([, { char }]) => `-${char}` === name) ?? [name, undefined]
}
