/**
 * Flags that nobody typed, from the settings of the same names (`noColor` stands behind `--no-color`). A flag that takes text gets text.
 *
 * @param typed whether a flag was given, on the command line or by its own variable
 */
export function behindFlags<Flags extends object>(flags: Flags, settings: object, typed: (flag: string) => boolean): Flags {
  const behind: Record<string, unknown> = {}
  for (const [setting, value] of Object.entries(settings)) {
    const flag = setting.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)
    if (value === undefined || typed(flag)) continue
    behind[flag] = typeof (flags as Record<string, unknown>)[flag] === 'string' ? String(value) : value
  }
  return { ...flags, ...behind }
}
