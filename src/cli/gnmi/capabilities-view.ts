import type { Capabilities, Model } from '../../collectors/gnmi/request/capabilities.ts'
import { type Column, formatTable } from '../table.ts'

const MODEL_COLUMNS: ReadonlyArray<Column<Model>> = [
  { name: 'model', value: ({ name }) => name },
  { name: 'version', value: ({ version }) => version || null },
  { name: 'organization', value: ({ organization }) => organization || null },
]

/** What one target can do, for a person: lines with their breaks. */
export function formatCapabilities(name: string, { version, encodings, models }: Capabilities, width: number | undefined): string {
  const sorted = [...models].sort((a, b) => (a.name < b.name ? -1 : 1))
  const head = [
    `target:    ${name}`,
    `gNMI:      ${version || '-'}`,
    `encodings: ${encodings.join(', ').toLowerCase() || '-'}`,
    `models:    ${models.length}`,
  ]
  const table = models.length > 0 ? `\n${formatTable(sorted, MODEL_COLUMNS, { header: true, width })}` : ''
  return `${head.join('\n')}${table}\n`
}
