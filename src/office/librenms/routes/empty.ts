import type { Row } from '../json.ts'
import { bare, error, list, listOr404 } from './answers.ts'
import type { Call, Route } from './call.ts'

/** Lists of which these worlds have no rows: they answer as LibreNMS does when there are none, some with 404. */
export const EMPTY_ROUTES: readonly Route[] = [
  empty404('list_fdb', 'resources/fdb', 'ports_fdb', 'Fdb do not exist'),
  empty404('list_fdb_mac', 'resources/fdb/{mac}', 'ports_fdb', 'Fdb do not exist'),
  empty404('list_nac', 'resources/nac', 'ports_nac', 'Nac do not exist'),
  empty404('list_ip_addresses', 'resources/ip/addresses', 'ip_addresses', 'IP addresses do not exist'),
  empty404('list_ip_networks', 'resources/ip/networks', 'ip_networks', 'IP networks do not exist'),
  empty404('list_vrf', 'routing/vrf', 'vrfs', 'VRFs do not exist'),
  empty404('list_cbgp', 'routing/bgp/cbgp', 'bgp_counters', 'BGP counters does not exist'),
  empty404('list_ospf_ports', 'ospf_ports', 'ospf_ports', 'Ospf ports do not exist'),
  empty404('list_ospfv3_ports', 'ospfv3_ports', 'ospfv3_ports', 'Ospfv3 ports do not exist'),
  empty404('get_port_groups', 'port_groups', 'groups', 'No port groups found'),
  empty404('get_ip_addresses', 'devices/{hostname}/ip', 'addresses', 'Device does not have any IP addresses'),
  empty200('list_bgp', 'bgp', 'bgp_sessions'),
  empty200('list_ospf', 'ospf', 'ospf_neighbours'),
  empty200('list_bills', 'bills', 'bills'),
  empty200('get_fdb', 'devices/{hostname}/fdb', 'ports_fdb', true),
  empty200('get_port_stack', 'devices/{hostname}/port_stack', 'mappings', true),
  empty200('get_transceivers', 'devices/{hostname}/transceivers', 'transceivers', true),
  { name: 'list_arp', method: 'GET', path: 'resources/ip/arp/{query}/{cidr?}', rights: 'read', handle: arp },
  // A bare list, without an envelope.
  { name: 'list_oxidized', method: 'GET', path: 'oxidized/{hostname?}', rights: 'read', handle: oxidized },
]

function empty404(name: string, path: string, key: string, missing: string): Route {
  return { name, method: 'GET', path, rights: 'view', handle: (call) => listOr404<Row>(call, key, [], (row) => row, missing) }
}

function empty200(name: string, path: string, key: string, collection = false): Route {
  return { name, method: 'GET', path, rights: 'view', handle: (call) => list<Row>(call, key, [], (row) => row, { collection }) }
}

function arp(call: Call) {
  if (call.params.query === 'all' && !call.query.get('device')) return error(400, 'Device argument is required when requesting all entries')
  return list<Row>(call, 'arp', [], (row) => row)
}

function oxidized({ world, params }: Call) {
  const devices = [...world.inventory.devices.values()].filter(
    ({ row }) => row.disabled === 0 && (params.hostname === undefined || row.hostname === params.hostname),
  )
  return bare(devices.map(({ row }) => ({ hostname: row.hostname ?? null, os: row.os ?? null, ip: row.ip ?? null })))
}
