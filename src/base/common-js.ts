/** The exports of a CommonJS module that was imported with `import()`: from the bundle they hang on `default`, from source beside it. */
export function commonJs<Module extends object>(imported: Module): Module {
  return (imported as Module & { default?: Module }).default ?? imported
}
