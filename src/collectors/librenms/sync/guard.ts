/** So many may always go at once. */
const ALWAYS = 5
const SHARE = 0.1

/** Whether it is believable that so many of what was known are gone, and not only out of sight. */
export const believable = (missing: number, known: number): boolean => missing <= Math.max(ALWAYS, known * SHARE)
