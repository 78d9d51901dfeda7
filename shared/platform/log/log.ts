/** Fields of a log line, with Velero's names where Velero has one (`namespace`, `name`, `resource`, `error`). */
export type LogFields = Record<string, string | number | boolean | undefined>;

/**
 * Where an operation writes what it does. Never given a Secret's data, a token, a key or a kubeconfig.
 * Backup and restore write `<name>-logs.gz` through one, the functions write to FC's logger through another.
 */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Says nothing. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
