/** How much a spool may hold; what is more goes, the oldest first, and is counted. */
export interface SpoolLimits {
  /** Stored bytes. */
  bytes: number
  /** ms since it was written to the spool. */
  ageMs: number
}

/** What a spool has done over its whole life; kept in the spool. */
export interface SpoolTotals {
  /** Records that are at the target. */
  forwarded: number
  /** Entries that went for age or size before they could be forwarded. */
  dropped: number
  /** Records that the target will not take: in the topic {@link REFUSED} of the spool, with the reason. */
  refused: number
}

/** Where a spool stands now. */
export interface SpoolStats extends SpoolTotals {
  /**
   * `level`: nothing waits but what is on its way; `behind`: the target is there, and a backlog goes before what is new; `away`: the target
   * cannot be reached; `other`: another process forwards from this spool.
   */
  state: 'starting' | 'level' | 'behind' | 'away' | 'other'
  /** Entries that wait. */
  waiting: number
  /** Of all that the spool holds. */
  bytes: number
}
