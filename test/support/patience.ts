/**
 * How long a test waits for a condition before it says which one never held, ms: within the limit of a test (.mocharc.json), and far beyond what a busy
 * machine needs. No test passes or fails by how soon something comes.
 */
export const PATIENCE = 60_000
