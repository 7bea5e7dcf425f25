/** A line of CSV by RFC 4180, with its line break; null and undefined are empty. */
export function csvLine(fields: ReadonlyArray<string | number | boolean | null | undefined>): string {
  return `${fields.map((field) => quote(String(field ?? ''))).join(',')}\r\n`
}

const quote = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)
