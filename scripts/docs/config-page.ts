import { SECTIONS } from '../../src/config/sections/index.ts'
import { everySetting, type Setting } from '../../src/config/settings.ts'
import { code, GENERATED, table } from './markdown.ts'

/** docs/config.md: every setting of src/config/sections/. */
export function configPage(): string {
  const sections = Object.entries(SECTIONS).map(([name, { about }]) => {
    const rows = everySetting().filter(({ path }) => path.startsWith(`${name}.`))
    return `### ${name}\n\n${about}\n\n${table(['setting', 'what may stand there', 'default', 'meaning', 'variable'], rows.map(settingRow))}`
  })
  return `# Configuration

${GENERATED}

Everything works without a configuration file. \`shitops config init\` writes one with every setting commented out.

## Where a value comes from

Each setting counts from the first place that has it:

1. the flag
2. the environment: \`SHITOPS_\` and the setting in capitals, so \`bus.clientId\` is \`SHITOPS_BUS_CLIENT_ID\`; \`bus.url\` is \`SHITOPS_BUS\`
3. \`./shitops.yaml\`
4. \`$XDG_CONFIG_HOME/shitops/config.yaml\` (without that variable \`~/.config\`)
5. \`/etc/shitops/config.yaml\`
6. the default

A list counts as a whole, and no variable sets it. \`name[].key\` below is a key of its items.

\`--config FILE\` or \`SHITOPS_CONFIG\` replaces the three files by one, which must be there. \`shitops config path\` lists the files,
\`shitops config show --origin\` every value with its file, line and column.

A key that is no setting, a value of the wrong kind, or a variable that begins like a section's and is no setting is an error (exit 78), with
its place and the nearest name, all of them at once: \`shitops config validate\`. A key with nothing behind it counts as not there.

A path in a file counts from that file's folder; \`~/\` is the home folder.

## Secrets

No secret stands in a configuration file, a flag or a URL. A setting names where it is:

- \`…File\`: a file that only its owner may open (mode 0600); otherwise it is refused (exit 77). The first line counts.
- \`…Env\`: an environment variable.

A key that would hold one (\`password:\`, \`token:\`) is refused with the setting to use instead. \`config show\` hides the user part of URLs.

Options of the bus count together with the URL they stand beside: those from a weaker place than the URL do not. So a URL on the command line,
or in the \`shitops.yaml\` of some folder, never receives the password that your own file names for another bus. In the same way \`gnmi.defaults\`
count together with the targets they stand beside ([gnmi-targets.md](gnmi-targets.md)).

## Settings

${sections.join('\n\n')}
`
}

function settingRow({ path, type, byDefault, meta, env }: Setting): string[] {
  return [
    code(path),
    type.split(', ').length > 1 ? type.split(', ').map(code).join(', ') : type,
    code(byDefault ?? ''),
    meta.description,
    code(env ?? ''),
  ]
}
