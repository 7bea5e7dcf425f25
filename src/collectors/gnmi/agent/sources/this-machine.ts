import type { Clock } from '../../../../base/clock.ts'
import { LeafPaths } from '../tree/leaf.ts'
import { BatterySource } from './battery.ts'
import { CpuSource } from './cpu.ts'
import { GatewaySource } from './gateway/gateway-source.ts'
import { InterfaceSource } from './interfaces.ts'
import { MemorySource } from './memory.ts'
import { MountPointSource } from './mount-points.ts'
import type { Source } from './source.ts'
import { SystemSource } from './system.ts'

/** Everything that the agent tells about the machine it runs on. */
export function thisMachine(clock: Clock, agentVersion: string): Source[] {
  const paths = new LeafPaths()
  return [
    new SystemSource(paths, clock, agentVersion),
    new CpuSource(paths, clock),
    new MemorySource(paths),
    new MountPointSource(paths),
    new InterfaceSource(paths),
    new GatewaySource(paths),
    new BatterySource(paths),
  ]
}
