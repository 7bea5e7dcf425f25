/**
 * Every headset we know by its model id. To add one, add one line: the id as it stands in the frame (two bytes in order of the air), its
 * name in records, the name a person knows, and how it reports batteries. Source: capod's models, netspooky, OpenPods, EarPort.
 */

/** `dual`: two pods and a case; `single`: one battery, no pods; `generic`: an id we do not know, read like `dual`. */
export type Layout = 'dual' | 'single' | 'generic'

export interface Model {
  /** As in the frame: 0x0e20 is the byte 0e, then 20 (USB product id 0x200e). */
  id: number
  /** Name in records. */
  model: string
  /** Name on the box. */
  name: string
  layout: Layout
  /** Bits of the status byte of which any says "on the head"; 0 where the model does not tell. */
  wornMask: number
  /** AirPods rather than Beats. */
  isAirPods: boolean
}

interface Line {
  id: number
  model: string
  name: string
  layout: Layout
  wornMask?: number
  /** Only the first id byte counts. */
  anySecondByte?: true
}

const LINES: readonly Line[] = [
  { id: 0x0220, model: 'airpods_gen1', name: 'AirPods (1st generation)', layout: 'dual' },
  { id: 0x0f20, model: 'airpods_gen2', name: 'AirPods (2nd generation)', layout: 'dual' },
  { id: 0x1320, model: 'airpods_gen3', name: 'AirPods (3rd generation)', layout: 'dual' },
  { id: 0x1920, model: 'airpods_gen4', name: 'AirPods 4', layout: 'dual' },
  { id: 0x1b20, model: 'airpods_gen4_anc', name: 'AirPods 4 with ANC', layout: 'dual' },
  { id: 0x3620, model: 'airpods_gen5', name: 'AirPods 5', layout: 'dual' },
  { id: 0x3020, model: 'airpods_gen5_wireless', name: 'AirPods 5 with wireless charging', layout: 'dual' },
  { id: 0x0e20, model: 'airpods_pro', name: 'AirPods Pro', layout: 'dual' },
  { id: 0x1420, model: 'airpods_pro2', name: 'AirPods Pro 2', layout: 'dual' },
  { id: 0x2420, model: 'airpods_pro2_usbc', name: 'AirPods Pro 2 (USB-C)', layout: 'dual' },
  { id: 0x2720, model: 'airpods_pro3', name: 'AirPods Pro 3', layout: 'dual' },
  { id: 0x0a20, model: 'airpods_max', name: 'AirPods Max', layout: 'single', wornMask: 0x20 },
  { id: 0x1f20, model: 'airpods_max_usbc', name: 'AirPods Max (USB-C)', layout: 'single', wornMask: 0x20 },
  // Its bit 5 is always set; an ear cushion each in bits 1 and 3 (capod #548).
  { id: 0x2d20, model: 'airpods_max2', name: 'AirPods Max 2', layout: 'single', wornMask: 0x0a },
  { id: 0x0320, model: 'powerbeats_3', name: 'Powerbeats 3', layout: 'single' },
  { id: 0x0d20, model: 'powerbeats_4', name: 'Powerbeats 4', layout: 'single' },
  { id: 0x0b20, model: 'powerbeats_pro', name: 'Powerbeats Pro', layout: 'dual' },
  { id: 0x1d20, model: 'powerbeats_pro2', name: 'Powerbeats Pro 2', layout: 'dual' },
  { id: 0x0520, model: 'beats_x', name: 'BeatsX', layout: 'single' },
  { id: 0x1020, model: 'beats_flex', name: 'Beats Flex', layout: 'single' },
  { id: 0x0620, model: 'beats_solo_3', name: 'Beats Solo 3', layout: 'single' },
  { id: 0x2520, model: 'beats_solo_4', name: 'Beats Solo 4', layout: 'single' },
  { id: 0x0c20, model: 'beats_solo_pro', name: 'Beats Solo Pro', layout: 'single' },
  { id: 0x2620, model: 'beats_solo_buds', name: 'Beats Solo Buds', layout: 'dual' },
  { id: 0x0920, model: 'beats_studio_3', name: 'Beats Studio 3', layout: 'single', anySecondByte: true },
  { id: 0x1120, model: 'beats_studio_buds', name: 'Beats Studio Buds', layout: 'dual' },
  { id: 0x1620, model: 'beats_studio_buds_plus', name: 'Beats Studio Buds+', layout: 'dual' },
  { id: 0x1720, model: 'beats_studio_pro', name: 'Beats Studio Pro', layout: 'single' },
  { id: 0x1220, model: 'beats_fit_pro', name: 'Beats Fit Pro', layout: 'dual' },
]

/** All models have one shape, so that the hot path reads them fast. */
const modelOfLine = ({ id, model, name, layout, wornMask = 0 }: Line): Model => ({
  id,
  model,
  name,
  layout,
  wornMask,
  isAirPods: model.startsWith('airpods'),
})

export const UNKNOWN_MODEL: Model = modelOfLine({ id: 0, model: 'unknown', name: 'unknown model', layout: 'generic' })

/** Every known model, in the order of the table. */
export const knownModels: readonly Model[] = LINES.map(modelOfLine)

/** The model of an id as read from the frame; {@link UNKNOWN_MODEL} for one that is not in the table. */
export function modelOf(id: number): Model {
  return BY_INDEX[INDEX[id] as number] as Model
}

/** Clones copy a model id into a shorter frame; the answer is named after what they imitate, so that nobody takes one for the other. */
export function cloneOf(model: Model): Model {
  return CLONES.get(model) ?? UNKNOWN_MODEL
}

// One byte for each of the 65,536 ids: a look-up without a hash, at 64 KiB.
const BY_INDEX: readonly Model[] = [UNKNOWN_MODEL, ...knownModels]
const INDEX = new Uint8Array(0x1_0000)
LINES.forEach(({ id, anySecondByte }, line) => {
  if (anySecondByte) INDEX.fill(line + 1, id & 0xff00, (id & 0xff00) + 0x100)
  else INDEX[id] = line + 1
})
const CLONES: ReadonlyMap<Model, Model> = new Map(
  knownModels.map((model) => [model, { ...model, model: `fake_${model.model}`, name: `${model.name} (clone)` }]),
)
