export const GENERATED = '<!-- Made by `npm run docs` from the code; edit that. -->'

/** A Markdown table. */
export function table(header: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(header), `|${header.map(() => '---|').join('')}`, ...rows.map(line)].join('\n')
}

export const code = (text: string) => (text === '' ? '' : `\`${text}\``)

export const fenced = (language: string, text: string) => `\`\`\`${language}\n${text}\n\`\`\``
