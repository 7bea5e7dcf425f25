import { ShitopsError } from '../../base/errors.ts'
import type { Format, ReadOptions } from '../../collectors/workflow/formats/index.ts'
import { parseMap } from './map-flag.ts'

/** The flags that say how a log is to be read. */
export interface ReadFlags {
  format?: Format | undefined
  map?: string[] | undefined
  zone?: string | undefined
  process?: string | undefined
  'case-type'?: string | undefined
  classifier?: string | undefined
  'date-order'?: 'dmy' | 'mdy' | undefined
  delimiter?: string | undefined
  encoding?: string | undefined
}

/** @throws SHITOPS_E_USAGE */
export function readOptions(flags: ReadFlags): ReadOptions {
  const { format, map, zone, process, classifier, encoding } = flags
  const delimiter = flags.delimiter === '\\t' || flags.delimiter === 'tab' ? '\t' : flags.delimiter
  if (delimiter !== undefined && (delimiter.length !== 1 || /["\r\n]/.test(delimiter))) {
    throw new ShitopsError('SHITOPS_E_USAGE', `--delimiter ${JSON.stringify(delimiter)} is not one character`, {
      suggestions: ['--delimiter ";"', '--delimiter tab'],
    })
  }
  return {
    ...(format && { format }),
    ...(map && { map: parseMap(map) }),
    ...(zone && { zone }),
    ...(process && { process }),
    ...(flags['case-type'] && { caseType: flags['case-type'] }),
    ...(classifier && { classifier }),
    ...(flags['date-order'] && { dateOrder: flags['date-order'] }),
    ...(delimiter && { delimiter }),
    ...(encoding && { encoding }),
  }
}
