import { z } from 'zod'
import { choice, count, type Examples, eventTime, flag, instant, int64Text, labels, text } from './fields.ts'

/** The arm of gNMI's TypedValue that carried a value; `none`: an update without one (seen from Huawei). */
export const VALUE_TYPES = [
  'string',
  'int',
  'uint',
  'bool',
  'bytes',
  'float',
  'double',
  'decimal',
  'leaflist',
  'any',
  'json',
  'json_ietf',
  'ascii',
  'proto_bytes',
  'none',
] as const

const path = () => z.string().meta({ description: 'gNMI path below `prefix`, keys inside and sorted; empty is the prefix itself' })
const keys = () => labels("this path's own keys as `<element>_<key>`, for filters; the path has them exactly").optional()

/**
 * One gNMI notification, lossless, or a fact about the stream itself (connected, synced, stale, lost), so that a consumer knows which leaves
 * are gone: after a new `synced` epoch, leaves not seen in it have been deleted meanwhile. Deletes come before updates (gNMI 3.5.2.3).
 */
export const schema = z.strictObject({
  event_time: eventTime("the notification's time cut to ms; the time of receipt where it has none, and for facts about the stream"),
  target: text('the device by its configured name; the key of the record'),
  kind: choice(
    ['notification', 'connected', 'synced', 'stale', 'lost', 'refused'],
    '`notification`: data; `synced`: the initial state is complete; `stale`: silent for too long; `lost`: the stream broke; `refused`: it will not be tried again',
  ),
  epoch: count('sync epoch: one more with every new stream to the target, so also after a restart'),
  received_at: instant('when the collector had it'),
  subscription: text('name of the subscription').optional(),
  address: text('HOST:PORT of the connection').optional(),
  timestamp_ns: int64Text("the notification's own time since 1970, as sent; `0` when it had none", 'ns').optional(),
  prefix_target: z.string().meta({ description: 'target in the prefix, where it is not `target`' }).optional(),
  origin: z.string().meta({ description: 'origin of the paths, where it is stated: `openconfig`, `eos_native`' }).optional(),
  prefix: z
    .string()
    .meta({ description: 'gNMI path that all paths below continue, keys inside: `/interfaces/interface[name=eth0]`' })
    .optional(),
  keys: labels("the prefix's keys as `<element>_<key>`, for filters").optional(),
  atomic: flag('the updates are the complete state under the prefix').optional(),
  deletes: z
    .array(
      z.strictObject({
        path: path(),
        keys: keys(),
        origin: z.string().meta({ description: 'origin, where it is stated on the path' }).optional(),
      }),
    )
    .meta({ description: 'paths whose subtrees are gone' })
    .optional(),
  updates: z
    .array(
      z.strictObject({
        path: path(),
        keys: keys(),
        origin: z.string().meta({ description: 'origin, where it is stated on the path' }).optional(),
        type: choice(VALUE_TYPES, 'the arm of TypedValue'),
        value: z.unknown().meta({
          description:
            'integers beyond 2^53, decimals, NaN and infinities as text; bytes, proto_bytes as base64; leaflist as an array of {type, value}; any as {type_url, value}; json and json_ietf as sent; none is null',
        }),
        duplicates: count('samples that the device merged into this one because we were slow').optional(),
      }),
    )
    .meta({ description: 'leaves or subtrees with their new values, in the order sent' })
    .optional(),
  detail: text('for facts about the stream: what happened, for people').optional(),
  status_code: text('for `lost` and `refused`: gRPC status name').optional(),
})

export type DeviceTelemetry = z.infer<typeof schema>

export const examples: Examples<DeviceTelemetry> = {
  full: {
    event_time: '2026-03-31T14:02:11.250Z',
    target: 'access-1',
    kind: 'notification',
    epoch: 3,
    received_at: '2026-03-31T14:02:11.263Z',
    subscription: 'counters',
    address: '10.0.4.11:57400',
    timestamp_ns: '1774965731250417113',
    prefix_target: 'access-1.example',
    origin: 'openconfig',
    prefix: '/interfaces/interface[name=ethernet-1/49]',
    keys: { interface_name: 'ethernet-1/49' },
    atomic: false,
    deletes: [{ path: '/state/description' }],
    updates: [
      { path: '/state/counters/in-octets', type: 'uint', value: '9223372036854775809' },
      { path: '/state/counters/in-errors', type: 'uint', value: 12, duplicates: 1 },
      { path: '/subinterfaces/subinterface[index=0]/state/enabled', keys: { subinterface_index: '0' }, type: 'bool', value: true },
    ],
  },
  minimal: {
    event_time: '2026-03-31T14:02:11.263Z',
    target: 'access-1',
    kind: 'connected',
    epoch: 3,
    received_at: '2026-03-31T14:02:11.263Z',
  },
}
