import type { Clock } from '../clock';
import type { Log } from '../log/log';
import { isServersOwnGroup } from './built-in-kinds';
import type { ApiRequest, ApiResponse } from './port';
import { placeOfRequest } from './request-place';

/** One outage as a request sees it. */
export interface Away {
  /** The same for failures between which no request had an answer. */
  id: number;
  isWaitedOut: boolean;
}

export interface OutageRules {
  /** Milliseconds without any answer that are waited out. */
  patience: number;
  /** Waits also while there never was an answer; false: a wrong address is told soon. */
  fromStart: boolean;
}

/**
 * Whether an API server is away: what all requests of one connection know together. While it is, a request is repeated
 * without being counted, because the failure says nothing about the request.
 */
export class Outage {
  #answered = false;
  #since: number | undefined;
  #id = 0;
  #told = false;

  constructor(
    private readonly rules: OutageRules,
    private readonly deps: { clock: Clock; log: Log; cluster: string },
  ) {}

  /** Whether there ever was an answer. */
  get answered(): boolean {
    return this.#answered;
  }

  /** An answer of the API server came: whatever was before is over. */
  end(): void {
    this.#answered = true;
    if (this.#told) this.deps.log.info('The API server answers again', { cluster: this.deps.cluster });
    this.#since = undefined;
    this.#told = false;
  }

  /**
   * No answer came. Returns which outage this is, and whether it is waited out.
   */
  note(why: string): Away {
    const now = this.deps.clock.monotonic();
    if (this.#since === undefined) {
      this.#since = now;
      this.#id++;
    }
    const waits = this.#answered || this.rules.fromStart;
    const isWaitedOut = waits && now - this.#since < this.rules.patience;
    if (isWaitedOut && !this.#told) {
      this.#told = true;
      this.deps.log.warn('The API server does not answer: waiting for it', {
        cluster: this.deps.cluster,
        why,
      });
    }
    return { id: this.#id, isWaitedOut };
  }
}

/**
 * Whether an answer says that the API server is away: 502 comes from a gateway before it, and so does 503 as a page. A 503
 * of a group that the API server does not serve itself is about one aggregated API.
 */
export function saysAway(
  { path }: ApiRequest,
  { status, body }: Pick<ApiResponse, 'status' | 'body'>,
): boolean {
  if (status === 502) return true;
  if (status !== 503) return false;
  const group = groupOfPath(path);
  return group === undefined || isServersOwnGroup(group) || body[0] === 0x3c;
}

/** Undefined for what belongs to no group: `/version`. */
function groupOfPath(path: string): string | undefined {
  const place = placeOfRequest(path);
  if (place) return place.group;
  return /^\/apis\/([^/?]+)/.exec(path)?.[1];
}
