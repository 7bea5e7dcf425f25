import { z } from 'zod'
import { type Examples, eventTime, flag, integer } from './fields.ts'
import { instanceField, otherColumns } from './librenms-fields.ts'

const said = (description: string) => z.string().meta({ description }).nullable().optional()

/** A physical entity of a device, as its ENTITY-MIB tells: chassis, module, fan, transceiver; a tombstone when it is gone. */
export const schema = z.strictObject({
  event_time: eventTime('when the API showed this state'),
  device_id: integer('its device; with `instance` and `entity_index` the key of the record'),
  instance: instanceField(),
  entity_index: integer('entPhysicalIndex: unique within the device, and not for ever'),
  entity_class: said('`chassis`, `module`, `port`, `powerSupply`, `fan`, `sensor`, …'),
  entity_name: said('name the device gives it'),
  entity_descr: said('description'),
  contained_in: integer('entPhysicalIndex of what it sits in; 0: nothing').nullable().optional(),
  parent_position: integer('place among those that sit in the same one').nullable().optional(),
  if_index: integer('interface that it is').nullable().optional(),
  model: said('model name'),
  vendor: said('manufacturer'),
  vendor_type: said('kind, as the manufacturer numbers it'),
  serial: said('serial number'),
  hardware_rev: said('revision of the hardware'),
  firmware_rev: said('revision of the firmware'),
  software_rev: said('revision of the software'),
  asset_id: said('asset id'),
  alias: said('what a person called it'),
  replaceable: flag('it can be replaced (entPhysicalIsFRU)').nullable().optional(),
  extra: otherColumns(),
})

export type LibrenmsEntity = z.infer<typeof schema>

export const examples: Examples<LibrenmsEntity> = {
  full: {
    event_time: '2026-03-31T14:05:02.000Z',
    device_id: 17,
    instance: 'hq',
    entity_index: 1001,
    entity_class: 'chassis',
    entity_name: '1',
    entity_descr: 'WS-C2960X-48FPD-L',
    contained_in: 0,
    parent_position: 1,
    if_index: null,
    model: 'WS-C2960X-48FPD-L',
    vendor: 'cisco',
    vendor_type: 'cevChassisCat2960X48FPDL',
    serial: 'FOC0000X0XX',
    hardware_rev: 'V07',
    firmware_rev: '15.2(7)E3',
    software_rev: '15.2(7)E3',
    asset_id: null,
    alias: null,
    replaceable: true,
    extra: { entPhysical_state: null },
  },
  minimal: { event_time: '2026-03-31T14:05:02.000Z', device_id: 17, entity_index: 1001 },
}
