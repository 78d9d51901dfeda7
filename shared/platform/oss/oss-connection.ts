import type OSS from 'ali-oss';
import type { Clock, Random } from '../clock';
import { LifeboatError } from '../errors';
import type { Log } from '../log/log';
import type { CredentialsSource, OssCredentials } from './oss-credentials';
import { toStoreError } from './oss-error';
import type { OssAddress } from './oss-location';
import { type Exchange, type Limits, Transport } from './oss-transport';
import { type RetryPolicy, retrying } from './retry';
import { hasCode, isUnanswered, StoreError } from './store-error';

/** Milliseconds. All of them bound silence, none the length of a transfer. */
export interface StoreTimeouts {
  /** Until a connection stands. */
  connect: number;
  /** For the next bytes of an answer, of an upload or of an object that is being read. */
  idle: number;
  /** For the answer to CompleteMultipartUpload, which OSS may work on for long. */
  complete: number;
}

/** Silence ends below the 30 s after which middle boxes drop connections. */
export const defaultTimeouts: StoreTimeouts = { connect: 10_000, idle: 25_000, complete: 120_000 };

export interface CallOptions {
  signal?: AbortSignal;
  /** Overrides the idle timeout. */
  idle?: number;
  /** False: one try, the caller has its own loop. */
  retry?: boolean;
  /** The error of the try before, where the caller has its own loop. */
  before?: unknown;
}

/** One bucket, one way to sign, one pool of sockets: every call to OSS goes through `call`. */
export class OssConnection {
  readonly #address: OssAddress;
  readonly #credentials: CredentialsSource;
  readonly #transport = new Transport();
  /** OSS's clock minus ours, in milliseconds, once OSS has complained. */
  #skew = 0;

  constructor(
    address: OssAddress,
    credentials: CredentialsSource,
    readonly clock: Clock,
    readonly random: Random,
    readonly policy: RetryPolicy,
    readonly timeouts: StoreTimeouts,
    readonly log: Log,
  ) {
    this.#address = address;
    this.#credentials = credentials;
  }

  /** Runs one call of ali-oss, again where that may help. Throws StoreError, or the signal's reason. */
  async call<T>(
    op: string,
    place: string,
    run: (client: OSS) => Promise<T>,
    { signal, idle, retry = true, before }: CallOptions = {},
  ): Promise<T> {
    let renewed = false;
    const limits = { connect: this.timeouts.connect, idle: idle ?? this.timeouts.idle };
    const attempt = (_: number, failed: unknown) =>
      this.#once(op, place, run, limits, signal, failed ?? before);
    return retrying(attempt, {
      clock: this.clock,
      random: this.random,
      policy: retry ? this.policy : { ...this.policy, attempts: 2 },
      signal,
      waitFor: (error) => {
        // What was wrong is put right already: a new token, or the corrected time.
        if (hasCode(error, ...staleCodes) && !renewed) {
          renewed = true;
          return 0;
        }
        return retry ? waitFor(error) : undefined;
      },
      onRetry: (error, attempt, wait) =>
        this.log.warn('A call to OSS failed and is tried again', {
          error: error instanceof Error ? error.message : '',
          attempt,
          wait: Math.round(wait),
        }),
    });
  }

  async #once<T>(
    op: string,
    place: string,
    run: (client: OSS) => Promise<T>,
    limits: Limits,
    signal: AbortSignal | undefined,
    before: unknown,
  ): Promise<T> {
    const credentials = await this.#askCredentials(place);
    const exchange: Exchange = { sent: false };
    const urllib = this.#transport.client(exchange, limits, { signal, fresh: isUnanswered(before) });
    const client = await this.#client(credentials, urllib);
    try {
      return await run(client);
    } catch (raw) {
      signal?.throwIfAborted();
      if (raw instanceof LifeboatError) throw raw;
      const error = toStoreError(raw, op, place, exchange);
      if (hasCode(error, 'SecurityTokenExpired', 'InvalidSecurityToken', 'InvalidAccessKeyId')) {
        this.#credentials.expire(credentials);
      }
      if (error.code === 'RequestTimeTooSkewed') this.#correctClock(exchange);
      throw error;
    }
  }

  async #askCredentials(place: string): Promise<OssCredentials> {
    try {
      return await this.#credentials.current();
    } catch (error) {
      if (error instanceof LifeboatError) throw error;
      throw new LifeboatError('denied', `No credentials could be had for ${place}`, {
        hint: 'give the function a role, or set an access key',
      });
    }
  }

  /**
   * A client of ali-oss for one call: its own refresh of tokens goes by time alone, and an abort on a shared one would
   * cancel the uploads of others. Making one takes microseconds.
   */
  async #client(credentials: OssCredentials, urllib: OSS.HttpClient): Promise<OSS> {
    // Loading takes a tenth of a second, which a cold start without a call to OSS need not pay.
    const { default: AliOss } = await import('ali-oss');
    const { region, bucket, endpoint, internal, cname, secure } = this.#address;
    return new AliOss({
      accessKeyId: credentials.accessKeyId,
      accessKeySecret: credentials.accessKeySecret,
      stsToken: credentials.securityToken || undefined,
      refreshSTSTokenInterval: maxInterval,
      region,
      bucket,
      endpoint,
      internal,
      cname,
      secure,
      authorizationV4: true,
      retryMax: 0,
      amendTimeSkewed: this.clock.now().getTime() - Date.now() + this.#skew,
      urllib,
    });
  }

  #correctClock(exchange: Exchange): void {
    const theirs = Date.parse(exchange.response?.headers.date ?? '');
    if (!Number.isNaN(theirs)) this.#skew = theirs - this.clock.now().getTime();
  }
}

const staleCodes = [
  'SecurityTokenExpired',
  'InvalidSecurityToken',
  'InvalidAccessKeyId',
  'RequestTimeTooSkewed',
];
const maxInterval = 2 ** 31 - 1;

/** For `retrying`: how long to wait after a StoreError that may pass. */
export function waitFor(error: unknown): number | undefined {
  return error instanceof StoreError && error.failure.transient ? (error.failure.delay ?? 0) : undefined;
}
