import type { Clock } from '../clock';
import { type Log, silentLog } from '../log/log';
import { discover } from './discovery';
import { isOwnRequest } from './outage';
import type { ApiRequest, ApiResponse, ExecCluster } from './port';
import { isUnknownUser, NotLetIn, statusOf } from './status';

/** A connection with credentials that end by themselves. */
export interface TemporaryConnection {
  cluster: ExecCluster;
  /** Milliseconds from when it was made until its credentials end. */
  validFor: number;
  /** Whether the credentials have ended, as they say themselves: then a refusal is believed at once. */
  haveEnded?(): boolean;
}

export interface RenewingDeps {
  clock: Clock;
  log?: Log;
  /**
   * Milliseconds in which a 401 is looked at again before it is believed: while an API server starts, it may not know
   * credentials that are good. Default 0.
   */
  doubts401For?: number;
}

/** A fifth of the time is left for what was begun with the old credentials. */
const renewAfter = 0.8;

/** Milliseconds between two looks at a 401: 1 s, then as long as it has been doubted so far. */
const firstPause = 1_000;
const longestPause = 8_000;

/**
 * A cluster whose credentials are fetched when they are first needed, again before they end, and once more when the API
 * server does not know them any longer. Requests that are under way keep the connection that they began with. A refusal that
 * was believed once is believed at once from then on.
 * @param open fetches credentials and connects; its errors are those of the request that needed it. Undefined where those
 *   that were refused are all there are
 */
export function renewingCluster(
  name: string,
  server: string,
  open: (refused: boolean) => Promise<TemporaryConnection | undefined>,
  { clock, log = silentLog, doubts401For = 0 }: RenewingDeps,
): ExecCluster {
  let held: Promise<Held> | undefined;
  let closed = false;

  async function fetched(refused: Held | undefined): Promise<Held> {
    const opened = await open(refused !== undefined);
    if (!opened) return refused!;
    const { cluster, validFor, haveEnded = () => false } = opened;
    if (refused) retire(refused);
    const renewAt = clock.monotonic() + validFor * renewAfter;
    return { cluster, renewAt, haveEnded, isBelieved: false, atWork: 0, retired: false };
  }

  /** @param refused the one that the API server knows no longer */
  async function current(refused?: Held): Promise<Held> {
    const pending = held;
    const now = await pending?.catch(() => undefined);
    if (now && now !== refused && clock.monotonic() < now.renewAt) return now;
    // The first who sees it fetches for all.
    if (held === pending || !held) {
      held = fetched(now === refused ? refused : undefined);
      if (now && now !== refused) retire(now);
    }
    return held;
  }

  function retire(had: Held): void {
    had.retired = true;
    if (had.atWork === 0) had.cluster.close();
  }

  async function ask(used: Held, request: ApiRequest): Promise<ApiResponse> {
    return withHeld(used, () => used.cluster.request(request));
  }

  async function withHeld<T>(used: Held, work: () => Promise<T>): Promise<T> {
    used.atWork += 1;
    try {
      return await work();
    } finally {
      used.atWork -= 1;
      if ((used.retired || closed) && used.atWork === 0) used.cluster.close();
    }
  }

  function isDoubted(used: Held, request: ApiRequest, response: ApiResponse): boolean {
    return (
      doubts401For > 0 &&
      !used.isBelieved &&
      !used.haveEnded() &&
      response.status === 401 &&
      isOwnRequest(request)
    );
  }

  const renewing: ExecCluster = {
    name,
    server,
    async request(request) {
      let used = await current();
      let renewed = false;
      let waited = 0;
      for (;;) {
        const response = await ask(used, request);
        if (!isRefused(response)) return response;
        const other = renewed ? used : await current(used);
        if (other !== used) {
          used = other;
          renewed = true;
          continue;
        }
        if (!isDoubted(used, request, response)) return response;
        if (waited >= doubts401For) {
          used.isBelieved = true;
          return response;
        }
        if (waited === 0)
          log.warn('The API server does not know the credentials: asking again', { cluster: name });
        const pause = Math.min(longestPause, Math.max(firstPause, waited), doubts401For - waited);
        await clock.sleep(pause, request.signal).catch(() => {});
        request.signal?.throwIfAborted();
        waited += pause;
      }
    },
    async exec(command) {
      const used = await current();
      try {
        return await withHeld(used, () => used.cluster.exec(command));
      } catch (error) {
        // Who is not let in has run nothing.
        if (!(error instanceof NotLetIn)) throw error;
        const other = await current(used);
        if (other === used) throw error;
        return withHeld(other, () => other.cluster.exec(command));
      }
    },
    discover: (options) => discover(renewing, options),
    close() {
      closed = true;
      void held?.then(
        ({ cluster }) => cluster.close(),
        () => {},
      );
    },
  };
  return renewing;
}

function isRefused(response: ApiResponse): boolean {
  return (response.status === 401 || response.status === 403) && isUnknownUser(statusOf(response));
}

interface Held {
  cluster: ExecCluster;
  /** By the monotonic clock. */
  renewAt: number;
  haveEnded(): boolean;
  /** A 401 outlasted its doubt: no later one is doubted. */
  isBelieved: boolean;
  /** Requests under way. */
  atWork: number;
  retired: boolean;
}
