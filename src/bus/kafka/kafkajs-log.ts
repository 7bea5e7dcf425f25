import loggers from 'kafkajs/src/loggers/index.js'
import type { Logger } from '../../base/log.ts'

/**
 * kafkajs speaks through our logger, at debug and no higher: whatever it calls an error reaches us as a rejection too, and we say it
 * once, in our words, if it still matters after the retries.
 */
export function kafkajsLogger(logger: Logger): KafkajsLogger {
  const { LEVELS, createLogger } = loggers
  return createLogger({
    // Every request is formatted for DEBUG, which costs more than sending it: INFO is where it stays quiet in the hot path.
    level: LEVELS.INFO,
    logCreator: () => (entry) => {
      const { message, broker, error } = entry.log
      logger.debug(`kafkajs ${entry.namespace}: ${message}${broker ? ` (${broker})` : ''}${error ? `: ${String(error)}` : ''}`)
    },
  })
}
