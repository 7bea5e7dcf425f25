import type { ValuesOf } from '../section.ts'
import { alerts } from './alerts.ts'
import { bus } from './bus.ts'
import { demo } from './demo.ts'
import { gnmi } from './gnmi.ts'
import { librenms } from './librenms.ts'
import { output } from './output.ts'
import { serve } from './serve.ts'

/** Every section of shitops.yaml, in the order of the template and the docs. A new one is a file beside these and a line here. */
export const SECTIONS = { bus, output, gnmi, librenms, alerts, serve, demo }

export type SectionName = keyof typeof SECTIONS

/** The configuration: one typed object, validated, every section there. */
export type Config = { [Name in SectionName]: ValuesOf<(typeof SECTIONS)[Name]> }
