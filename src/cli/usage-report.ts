import { messageOf } from '../base/errors.ts'
import { nearest } from '../base/nearest.ts'

/** What of a command's flags and arguments, as oclif has them, an error names. */
interface InputSpec {
  name?: string
  summary?: string | undefined
  description?: string | undefined
  helpValue?: string | readonly string[] | undefined
  type?: string
  options?: readonly string[] | undefined
  required?: boolean | undefined
  multiple?: boolean | undefined
  hidden?: boolean | undefined
  exactlyOne?: readonly string[] | undefined
}

/** The command whose input is wrong. */
export interface UsageOf {
  /** As oclif writes it: `bus:forward`. */
  id?: string | undefined
  flags?: Readonly<Record<string, InputSpec>> | undefined
  args?: Readonly<Record<string, InputSpec>> | undefined
}

/** What oclif refuses about a command line, in our words: what is wrong and why, and what to type. Values stay out of it where they may be secrets. */
export function usageReport(error: unknown, command: UsageOf): { message: string; suggestions: string[] } {
  const { suggestions = [], args, flags } = error as { suggestions?: string[]; args?: unknown; flags?: unknown }
  const help = command.id === undefined ? [] : [`${typed(command)} --help`]
  const said = (message: string, ...next: string[]) => ({ message, suggestions: [...next, ...suggestions, ...help] })
  const text = messageOf(error)
    .replace(/\n?See more help with --help$/, '')
    // On flags with several values: ours take one value each.
    .replace(/\n\nNote: [\s\S]*$/, '')
  if (Array.isArray(flags) && text.startsWith('Nonexistent flag')) return said(...unknownFlags(flags.map(String), command))
  if (Array.isArray(args) && text.startsWith('Missing ')) return said(...missingArgs(args, command))
  if (Array.isArray(args) && text.startsWith('Unexpected argument'))
    return said(`${args.length === 1 ? 'there is an argument' : 'there are arguments'} too many: ${args.join(', ')}`, usageLine(command))
  const reasons = /^The following errors? occurred:\s*([\s\S]+)$/.exec(text)?.[1]
  if (reasons !== undefined) {
    const { messages, next } = validations(withoutColor(reasons).split(/\n\s*/), command)
    return said(messages.join('; '), ...next)
  }
  return said(...valueMessage(text, command))
}

type Said = [message: string, ...next: string[]]

function unknownFlags(typedFlags: readonly string[], { flags = {} }: UsageOf): Said {
  // The names alone: what was given to them may be a secret.
  const names = typedFlags.map((flag) => flag.replace(/=.*$/s, ''))
  const known = Object.keys(flags).filter((name) => !flags[name]?.hidden)
  const meant = names.flatMap((name) => nearest(name.replace(/^-+/, ''), known) ?? [])
  return [`there is no flag ${names.join(', ')}`, ...meant.map((name) => `--${name}`)]
}

function missingArgs(args: readonly InputSpec[], command: UsageOf): Said {
  const missing = args.map((arg) => `${argName(arg)} is missing${because(arg)}`)
  return [missing.join('; '), usageLine(command)]
}

/** Of what oclif finds once it has read all flags. A reason that it does not know stays as it is. */
function validations(reasons: readonly string[], command: UsageOf): { messages: string[]; next: string[] } {
  const { flags = {} } = command
  let incomplete = false
  const next: string[] = []
  const messages = reasons.map((reason) => {
    const [, missing] = /^Missing required flag (\S+)$/.exec(reason) ?? []
    if (missing !== undefined) {
      incomplete = true
      return `--${missing} is missing${because(flags[missing])}`
    }
    const [, choice] = /^(?:Exactly|At least) one of the following must be provided: (.+)$/.exec(reason) ?? []
    if (choice !== undefined) {
      incomplete = true
      return `one of ${choice.split(', ').join(' and ')} is missing`
    }
    const [, one, other] = /^--([\w-]+)=[\s\S]* cannot also be provided when using --([\w-]+)$/.exec(reason) ?? []
    if (one !== undefined) {
      next.push(`--${other} without --${one}, or the other way round`)
      return `--${other} and --${one} exclude each other`
    }
    const [, amount, flag, needed = ''] = /^(All|One) of the following must be provided when using --([\w-]+): (.+)$/.exec(reason) ?? []
    if (flag === undefined) return reason
    const names = needed.split(', ').map((name) => name.replace(/^--/, ''))
    const wanted = amount === 'All' ? names : names.slice(0, 1)
    next.push(`--${flag} together with ${wanted.map((name) => withValue(name, flags[name])).join(' ')}`)
    return `--${flag} needs ${names.map((name) => `--${name}`).join(amount === 'All' ? ' and ' : ' or ')} beside it`
  })
  return { messages, next: [...(incomplete ? [usageLine(command)] : []), ...next] }
}

/** Of one flag's value: it is missing, no number, none of those that there are. */
function valueMessage(text: string, { flags = {} }: UsageOf): Said {
  const [, bare] = /^Flag --([\w-]+) expects (?:a value|one of these values)/.exec(text) ?? []
  if (bare !== undefined) return [`--${bare} needs a value${because(flags[bare])}`, withValue(bare, flags[bare])]
  const [, chosen = '', given = '', options] = /^Expected --([\w-]+)=([\s\S]*) to be one of: (.+)$/.exec(text) ?? []
  if (options !== undefined) {
    const like = nearest(given, options.split(', '))
    return [`--${chosen} ${given}: it is one of ${options}`, ...(like ? [`--${chosen} ${like}`] : [])]
  }
  const [, name, what] = /^Parsing --([\w-]+)\s+Expected (an? [\s\S]+? but received: [\s\S]*)$/.exec(text) ?? []
  if (name !== undefined && what !== undefined) {
    const [wanted, value] = what.split(' but received: ')
    return [`--${name} ${value}: ${wanted} is expected`]
  }
  return [text]
}

const typed = ({ id = '' }: UsageOf) => `shitops ${id.replaceAll(':', ' ')}`

/** The command with all that it cannot do without. */
function usageLine(command: UsageOf): string {
  const { args = {}, flags = {} } = command
  const needed = Object.entries(args).flatMap(([name, arg]) => (arg.required ? argName({ name, ...arg }) : []))
  const choices = new Set<string>()
  const options = Object.entries(flags).flatMap(([name, flag]) => {
    const choice = flag.exactlyOne?.join()
    if (choice !== undefined && choices.has(choice)) return []
    if (choice !== undefined) choices.add(choice)
    return flag.required || choice !== undefined ? withValue(name, flag) : []
  })
  return [typed(command), ...needed, ...options].join(' ')
}

const withValue = (name: string, flag: InputSpec | undefined) =>
  flag?.type === 'boolean' ? `--${name}` : `--${name} ${flag?.helpValue ?? flag?.options?.join('|') ?? 'VALUE'}`

const argName = ({ name = '', multiple }: InputSpec) => `${name.toUpperCase()}${multiple ? '…' : ''}`

/** What it is for, as the help says it. */
function because({ summary, description }: InputSpec = {}): string {
  const text = (summary ?? description ?? '').replace(/\.$/, '')
  return text === '' ? '' : `: ${/^[A-Z][a-z]/.test(text) ? `${text[0]?.toLowerCase()}${text.slice(1)}` : text}`
}

/** oclif paints its reasons. */
const withoutColor = (text: string) => text.replaceAll(new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g'), '')
