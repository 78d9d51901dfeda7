import type { Clock } from '../clock';
import { type Log, silentLog } from '../log/log';

/** An access key, or a token of STS with its key. */
export interface OssCredentials {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}

/** FC renews its role's token long before the old one ends; five minutes is well within that. */
const MAX_AGE = 5 * 60_000;

/** Keeps what `ask` answered for five minutes, or until OSS says that it has expired. */
export class CredentialsSource {
  readonly #ask: () => Promise<OssCredentials>;
  readonly #clock: Clock;
  readonly #log: Log;
  #held: { credentials: OssCredentials; at: number } | undefined;
  #asking: Promise<OssCredentials> | undefined;

  constructor(ask: () => Promise<OssCredentials>, clock: Clock, log: Log = silentLog) {
    this.#ask = ask;
    this.#clock = clock;
    this.#log = log;
  }

  /** Callers at the same moment share one question. When it fails, the old answer is good until OSS refuses it. */
  async current(): Promise<OssCredentials> {
    const held = this.#held;
    if (held && this.#clock.monotonic() - held.at < MAX_AGE) return held.credentials;
    try {
      return await this.#refresh();
    } catch (error) {
      if (!held) throw error;
      this.#log.warn('Credentials could not be refreshed, the old ones are used', { error: nameOf(error) });
      return held.credentials;
    }
  }

  /** OSS has refused these; the next call asks anew. */
  expire(refused: OssCredentials): void {
    if (this.#held?.credentials === refused) this.#held = undefined;
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

/** A provider's message may quote what it was given. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
