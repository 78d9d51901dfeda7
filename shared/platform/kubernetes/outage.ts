import type { Clock } from '../clock';
import type { Log } from '../log/log';
import { isServersOwnGroup } from './built-in-kinds';
import type { ApiRequest, ApiResponse } from './port';
import { placeOfRequest } from './request-place';
import { statusOf } from './status';

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

  /** Whether an API server that is away is waited for. */
  get waits(): boolean {
    return this.#answered || this.rules.fromStart;
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
    const isWaitedOut = this.waits && now - this.#since < this.rules.patience;
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
 * Whether an answer says that the API server is away: 502 comes from a gateway before it, and its own 503 is about all of it.
 * `perhaps`: a gateway says it in the same words of one request that takes too long, or of one aggregated API.
 */
export function saysAway(
  request: Pick<ApiRequest, 'path'>,
  response: Pick<ApiResponse, 'status' | 'body'>,
): boolean | 'perhaps' {
  const { status } = response;
  if (status === 502) return true;
  if (status === 503 && isOwnRequest(request)) return true;
  return gatewayStatuses.has(status) && statusOf(response).reason === '' && 'perhaps';
}

/** Whether the API server answers a request itself; other groups may come from an aggregated API. */
export function isOwnRequest({ path }: Pick<ApiRequest, 'path'>): boolean {
  const group = groupOfPath(path);
  return group === undefined || isServersOwnGroup(group);
}

/** 520 to 523 and 530 are Cloudflare's words for an origin that does not answer. */
const gatewayStatuses = new Set([503, 504, 520, 521, 522, 523, 530]);

/** Undefined for what belongs to no group: `/version`. */
function groupOfPath(path: string): string | undefined {
  const place = placeOfRequest(path);
  if (place) return place.group;
  return /^\/apis\/([^/?]+)/.exec(path)?.[1];
}
