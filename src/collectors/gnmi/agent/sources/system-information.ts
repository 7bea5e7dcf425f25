import { commonJs } from '../../../../base/common-js.ts'

/** The package systeminformation, loaded when a reading needs it. */
export const systemInformation = async () => commonJs(await import('systeminformation'))
