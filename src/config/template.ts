import { SECTIONS } from './sections/index.ts'
import { type Setting, settings } from './settings.ts'

const HEAD = `What shitops does where no flag and no variable says otherwise. Each setting counts from the first place that has it: flags, the environment, ./shitops.yaml, $XDG_CONFIG_HOME/shitops/config.yaml, /etc/shitops/config.yaml, defaults. "shitops config show --origin" tells.
A variable is called after its setting: bus.clientId is SHITOPS_BUS_CLIENT_ID; bus.url is SHITOPS_BUS.
No secret stands here: name a file (mode 0600) or a variable that holds it.`

/** The file that `config init` writes: every setting, commented out, with what it means and its variable. */
export function configTemplate(): string {
  const blocks = Object.entries(SECTIONS).map(([name, { about }]) => {
    const own = settings().filter(({ path }) => path.startsWith(`${name}.`))
    return `${comment(about, '')}\n${name}:\n${own.map(settingLines).join('\n\n')}`
  })
  return `${[comment(HEAD, ''), ...blocks].join('\n\n')}\n`
}

function settingLines({ path, byDefault, meta, type }: Setting): string {
  const field = path.slice(path.indexOf('.') + 1)
  const facts = [type === 'text' ? '' : type, byDefault === undefined ? '' : `default ${byDefault}`].filter(Boolean).join('; ')
  const about = facts === '' ? meta.description : `${meta.description} (${facts})`
  return `${comment(about, '  ')}\n  #${field}: ${scalar(meta.example ?? byDefault ?? '')}`
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
