import { adminCases } from './contract/admin.ts'
import { appendCases } from './contract/append.ts'
import { followCases } from './contract/follow.ts'
import { groupAdminCases } from './contract/group-admin.ts'
import { groupCases } from './contract/groups.ts'
import { rangeCases } from './contract/ranges.ts'
import { Bench, type BusHarness } from './contract/support.ts'
import { takeOverCases } from './contract/take-over.ts'
import { transactionCases } from './contract/transactions.ts'

export type { BusHarness } from './contract/support.ts'

/** One case: its title and what it does. Titles are unique, so that a bus can name those it cannot pass. */
export type Case = readonly [title: string, run: (bench: Bench) => Promise<void>]

/**
 * What src/bus/bus.ts promises, as tests that any bus must pass. One bus is opened for all; every case makes topics and groups
 * of its own, waits on conditions with a deadline, and assumes nothing of offsets beyond their order (a Kafka transaction, for
 * one, takes an offset of its own).
 */
export function describeBusContract(name: string, harness: BusHarness): void {
  describe(`bus contract: ${name}`, function () {
    const bench = new Bench(harness)
    this.timeout(bench.scaled(20_000))
    before(() => bench.start())
    after(() => bench.stop())
    section('append', appendCases)
    section('ranges', rangeCases)
    section('follow', followCases)
    section('groups', groupCases)
    section('group administration', groupAdminCases)
    section('transactions', transactionCases)
    section('taking over', takeOverCases)
    section('topics and the rest', adminCases)

    function section(title: string, cases: readonly Case[]): void {
      describe(title, () => {
        for (const [what, run] of cases) {
          const reason = harness.skip?.[what]
          if (reason === undefined) it(what, () => run(bench))
          else it.skip(`${what} (${reason})`)
        }
      })
    }
  })
}
