import type { Log, LogFields } from '../../platform/log/log';
import type { FcLogger } from './context';

/** Writes to FC's logger: the message, then its fields as JSON. */
export function fcLog(logger: FcLogger): Log {
  const line = (message: string, fields?: LogFields) =>
    fields && Object.keys(fields).length > 0 ? `${message} ${JSON.stringify(fields)}` : message;
  return {
    debug: (message, fields) => logger.debug(line(message, fields)),
    info: (message, fields) => logger.info(line(message, fields)),
    warn: (message, fields) => logger.warn(line(message, fields)),
    error: (message, fields) => logger.error(line(message, fields)),
  };
}
