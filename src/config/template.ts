import { stringify } from '../base/yaml.ts'
import { SECTIONS } from './sections/index.ts'
import { type Setting, settings } from './settings.ts'

const HEAD = `What shitops does where no flag and no variable says otherwise. Each setting counts from the first place that has it: flags, the environment, ./shitops.yaml, $XDG_CONFIG_HOME/shitops/config.yaml, /etc/shitops/config.yaml, defaults. "shitops config show --origin" tells.
A variable is called after its setting: bus.clientId is SHITOPS_BUS_CLIENT_ID; bus.url is SHITOPS_BUS.
No secret stands here: name a file (mode 0600) or a variable that holds it.`

/** The file that `config init` writes: every setting, commented out, with what it means and its variable. */
export function configTemplate(): string {
  const blocks = Object.entries(SECTIONS).map(([name, { about }]) => {
    const own = settings().filter(({ path }) => path.startsWith(`${name}.`))
    return `${comment(about, '')}\n${name}:\n${groups(own).map(groupLines).join('\n\n')}`
  })
  return `${[comment(HEAD, ''), ...blocks].join('\n\n')}\n`
}

/** Settings of the section itself, each for itself, and those of one mapping in it together. */
function groups(own: readonly Setting[]): Array<[key: string, settings: Setting[]]> {
  const byKey = new Map<string, Setting[]>()
  for (const setting of own) {
    const [, key = '', inner] = setting.path.split('.')
    const name = inner === undefined ? setting.path : key
    byKey.set(name, [...(byKey.get(name) ?? []), setting])
  }
  return [...byKey]
}

function groupLines([key, own]: [key: string, settings: Setting[]]): string {
  if (key.includes('.')) return own.map((setting) => settingLines(setting, '  ', '  #')).join('\n\n')
  const about = own[0]?.group === undefined ? [] : [comment(own[0].group, '  ')]
  return [...about, `  #${key}:`, ...own.map((setting) => settingLines(setting, '  #  ', '  #  '))].join('\n')
}

/** @param before a comment @param off before the setting, which takes it out */
function settingLines({ path, byDefault, meta, type }: Setting, before: string, off: string): string {
  const field = path.slice(path.lastIndexOf('.') + 1)
  const facts = [/^(text|list|list of text)$/.test(type) ? '' : type, byDefault === undefined ? '' : `default ${byDefault}`]
    .filter(Boolean)
    .join('; ')
  const about = facts === '' ? meta.description : `${meta.description} (${facts})`
  return `${comment(about, before)}\n${example(field, meta.example ?? byDefault ?? defaultExample(type), off)}`
}

/** A value that says nothing new, where neither an example nor a default is there. */
const defaultExample = (type: string) => (type === 'true, false' ? false : type === 'time' ? '30s' : '')

function example(field: string, value: string | number | boolean | readonly unknown[], off: string): string {
  if (typeof value !== 'object') return `${off}${field}: ${scalar(value)}`
  const lines = stringify({ [field]: value }, { lineWidth: 90 })
    .trimEnd()
    .split('\n')
  return lines.map((line) => `${off}${line}`).join('\n')
}

/** Comment lines of at most 100 columns. A word of its own may be longer. */
function comment(text: string, indent: string): string {
  return text
    .split('\n')
    .flatMap((line) => wrap(line, 98 - indent.length))
    .map((line) => `${indent}# ${line}`)
    .join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

/** YAML takes these as they are; anything else goes into double quotes, which JSON and YAML share. */
function scalar(value: string | number | boolean): string {
  const text = String(value)
  return /^[A-Za-z0-9./][\w.,/:-]*$/.test(text) ? text : JSON.stringify(text)
}
