/** No reading comes so late, ms. */
const LATEST = 3_600_000

/**
 * Whether a reading is so much older than the last one of the same leaf that it is not late: the device's clock was wrong, and has been put
 * right. Of what was read before then nothing follows; without this a single reading from the future would be the last one for years.
 * @param time of the reading, ms since the epoch @param last of the one before; NaN where there is none
 */
export const isSetBack = (time: number, last: number) => time < last - LATEST
