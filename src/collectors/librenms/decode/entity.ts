import type { LibrenmsEntity } from '../../../events/event-types.ts'
import type { Row } from '../client/api.ts'
import { type DecodeContext, type Decoded, instanceOf } from './context.ts'
import { flag, integer, text } from './values.ts'

/** A row of `/inventory/:id/all`. */
export function decodeEntity(row: Row, context: DecodeContext): Decoded<LibrenmsEntity> {
  const device = integer(row.device_id)
  const index = integer(row.entPhysicalIndex)
  if (device === undefined || index === undefined) return 'an entity has no device_id or no entPhysicalIndex'
  return {
    device_id: device,
    entity_index: index,
    ...instanceOf(context),
    entity_class: text(row.entPhysicalClass),
    entity_name: text(row.entPhysicalName),
    entity_descr: text(row.entPhysicalDescr),
    contained_in: integer(row.entPhysicalContainedIn) ?? null,
    parent_position: integer(row.entPhysicalParentRelPos) ?? null,
    if_index: integer(row.ifIndex) ?? null,
    model: text(row.entPhysicalModelName),
    vendor: text(row.entPhysicalMfgName),
    vendor_type: text(row.entPhysicalVendorType),
    serial: text(row.entPhysicalSerialNum),
    hardware_rev: text(row.entPhysicalHardwareRev),
    firmware_rev: text(row.entPhysicalFirmwareRev),
    software_rev: text(row.entPhysicalSoftwareRev),
    asset_id: text(row.entPhysicalAssetID),
    alias: text(row.entPhysicalAlias),
    replaceable: truth(row.entPhysicalIsFRU),
  }
}

/** SNMP's TruthValue as text, or a flag. */
const truth = (value: unknown): boolean | null => (value === 'true' ? true : value === 'false' ? false : (flag(value) ?? null))
