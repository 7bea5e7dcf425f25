/**
 * The YAML library, to be imported lazily: `await import('…/base/yaml.ts')`. It is CommonJS, whose names a bundle gives to a static import
 * only; a lazy import of the library itself would find them in tests and miss them in the built program.
 */
export { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, parse, parseDocument, stringify } from 'yaml'
