import type { Clock } from '../clock';
import { type Log, silentLog } from '../log/log';

/** An access key, or a token of STS with its key. */
export interface OssCredentials {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
  /** Milliseconds until they end, from when they were given. Unknown for what Function Compute and people bring. */
  validFor?: number;
}

/** FC renews its role's token long before the old one ends; five minutes is well within that. */
const maxAge = 5 * 60_000;

/** What ends is asked for anew so long before its end: a call that is sent with it has time to arrive. */
const beforeEnd = 15 * 60_000;

/**
 * Keeps what `ask` answered for five minutes or, where it says how long it is valid, until shortly before its end; never
 * longer than until OSS says that it has expired.
 */
export class CredentialsSource {
  readonly #ask: () => Promise<OssCredentials>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #refused: ((credentials: OssCredentials) => void) | undefined;
  #held: { credentials: OssCredentials; at: number } | undefined;
  #asking: Promise<OssCredentials> | undefined;

  /** @param refused told of credentials that OSS refused, so that who gives them keeps them no longer either */
  constructor(
    ask: () => Promise<OssCredentials>,
    clock: Clock,
    log: Log = silentLog,
    refused?: (credentials: OssCredentials) => void,
  ) {
    this.#ask = ask;
    this.#clock = clock;
    this.#log = log;
    this.#refused = refused;
  }

  /** Callers at the same moment share one question. When it fails, the old answer is good until OSS refuses it. */
  async current(): Promise<OssCredentials> {
    const held = this.#held;
    if (held && this.#clock.monotonic() - held.at < longestAge(held.credentials)) return held.credentials;
    try {
      return await this.#refresh();
    } catch (error) {
      if (!held) throw error;
      this.#log.warn('Credentials could not be refreshed, the old ones are used', { error: nameOf(error) });
      return held.credentials;
    }
  }

  /** OSS has refused these; the next call asks anew. */
  expire({ accessKeyId, securityToken }: OssCredentials): void {
    const held = this.#held?.credentials;
    if (held?.accessKeyId !== accessKeyId || held.securityToken !== securityToken) return;
    this.#held = undefined;
    this.#refused?.(held);
  }

  async #refresh(): Promise<OssCredentials> {
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    const credentials = await this.#asking;
    if (this.#held?.credentials !== credentials) {
      this.#held = { credentials, at: this.#clock.monotonic() };
    }
    return credentials;
  }
}

function longestAge({ validFor }: OssCredentials): number {
  return validFor === undefined ? maxAge : Math.max(validFor - beforeEnd, validFor / 2);
}

/** A provider's message may quote what it was given. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
