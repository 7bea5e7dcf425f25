import { AnomalyExplain, AnomalyScore } from './anomaly-score.ts'
import { CorrLag } from './corr-lag.ts'
import { Ewma } from './ewma.ts'
import { HoltWinters } from './holt-winters.ts'
import { Replayed } from './replayed.ts'
import { RobustZ } from './robust-z.ts'

/** What the code of {@link SERIES_WRITERS} calls. */
export const SERIES_HELPERS = { AnomalyExplain, AnomalyScore, CorrLag, Ewma, HoltWinters, Replayed, RobustZ }
