import { gzipSync } from 'node:zlib';
import type { Clock } from '../../../platform/clock';
import type { Log, LogFields } from '../../../platform/log/log';
import { logrusLine, type LogLevel } from '../../../platform/log/logrus-line';
import type { ResultScope, ResultsCollector } from './results';

/** Text is compressed in pieces of this size, each a gzip member of its own. */
const pieceBytes = 256 * 1024;
/** Above this the log keeps only warnings and errors, above twice this nothing; results keep every one of them. */
const maxCompressedBytes = 8 * 1024 * 1024;

export interface RunLogOptions {
  clock: Clock;
  /** On every line, as Velero has `backup=velero/shop-1`. */
  fields?: LogFields;
  /** Every warning and error is entered here too, as Velero's log hook does: by the line's field `namespace`. */
  results?: ResultsCollector;
  /** Also written to this log. */
  also?: Log;
  /** What an earlier worker wrote, in gzip: it comes first. */
  before?: Buffer;
  maxCompressedBytes?: number;
}

/** The log of one backup or restore: becomes `<name>-logs.gz`, in logrus's text format, in bounded memory. */
export class RunLog implements Log {
  readonly #options: RunLogOptions;
  readonly #limit: number;
  readonly #pieces: Buffer[] = [];
  #compressed = 0;
  #pending: string[] = [];
  #pendingLength = 0;
  #omitted = 0;

  constructor(options: RunLogOptions) {
    this.#options = options;
    this.#limit = options.maxCompressedBytes ?? maxCompressedBytes;
    if (options.before === undefined) return;
    this.#pieces.push(options.before);
    this.#compressed += options.before.length;
  }

  debug(message: string, fields?: LogFields): void {
    this.#options.also?.debug(message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#options.also?.info(message, fields);
    this.#write('info', message, fields, this.#limit);
  }

  warn(message: string, fields?: LogFields): void {
    this.#options.also?.warn(message, fields);
    this.#options.results?.warn(resultEntry(message, fields), scopeOf(fields));
    this.#write('warning', message, fields, this.#limit * 2);
  }

  error(message: string, fields?: LogFields): void {
    this.#options.also?.error(message, fields);
    this.#options.results?.error(resultEntry(message, fields), scopeOf(fields));
    this.#write('error', message, fields, this.#limit * 2);
  }

  /** The gzip of everything so far; more may be written afterwards. */
  gzip(): Buffer {
    const last = [...this.#pending];
    if (this.#omitted > 0) {
      last.push(
        this.#line('warning', `${this.#omitted} log lines were left out because the log is too long`),
      );
    }
    return Buffer.concat([...this.#pieces, gzipSync(last.join(''))]);
  }

  #line(level: LogLevel, message: string, fields?: LogFields): string {
    return logrusLine(this.#options.clock.now(), level, message, { ...this.#options.fields, ...fields });
  }

  #write(level: LogLevel, message: string, fields: LogFields | undefined, limit: number): void {
    if (this.#compressed >= limit) {
      this.#omitted += 1;
      return;
    }
    const line = this.#line(level, message, fields);
    this.#pending.push(line);
    this.#pendingLength += line.length;
    if (this.#pendingLength < pieceBytes) return;
    const piece = gzipSync(this.#pending.join(''));
    this.#pieces.push(piece);
    this.#compressed += piece.length;
    this.#pending = [];
    this.#pendingLength = 0;
  }
}

/** A line without the field `namespace` concerns the run, with an empty one cluster-scoped objects. */
function scopeOf(fields: LogFields | undefined): ResultScope {
  const namespace = fields?.namespace;
  if (namespace === undefined) return 'velero';
  return namespace === '' ? 'cluster' : { namespace: String(namespace) };
}

/** A results entry as Velero's log hook words it (pkg/util/logging/log_counter_hook.go), leading space included. */
function resultEntry(message: string, fields: LogFields = {}): string {
  const parts: [string, unknown][] = [
    ['resource', fields.resource],
    ['name', fields.name],
    ['message', message],
    ['error', fields.error],
  ];
  return parts
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([label, value]) => ` ${label}: /${value}`)
    .join('');
}
