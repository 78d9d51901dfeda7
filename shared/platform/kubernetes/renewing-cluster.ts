import type { Clock } from '../clock';
import { discover } from './discovery';
import type { ApiResponse, Cluster } from './port';
import { isUnknownUser, statusOf } from './status';

/** A connection with credentials that end by themselves. */
export interface TemporaryConnection {
  cluster: Cluster;
  /** Milliseconds from when it was made until its credentials end. */
  validFor: number;
}

/** A fifth of the time is left for what was begun with the old credentials. */
const renewAfter = 0.8;

/**
 * A cluster whose credentials are fetched when they are first needed, again before they end, and once more when the API
 * server does not know them any longer. Requests that are under way keep the connection that they began with.
 * @param open fetches credentials and connects; its errors are those of the request that needed it. Undefined where those
 *   that were refused are all there are
 */
export function renewingCluster(
  name: string,
  server: string,
  open: (refused: boolean) => Promise<TemporaryConnection | undefined>,
  clock: Clock,
): Cluster {
  let held: Promise<Held> | undefined;
  let closed = false;

  async function fetched(refused: Held | undefined): Promise<Held> {
    const opened = await open(refused !== undefined);
    if (!opened) return refused!;
    const { cluster, validFor } = opened;
    if (refused) retire(refused);
    return { cluster, renewAt: clock.monotonic() + validFor * renewAfter, atWork: 0, retired: false };
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

  const renewing: Cluster = {
    name,
    server,
    async request(request) {
      let used = await current();
      for (let again = false; ; again = true) {
        let refusal: ApiResponse;
        used.atWork += 1;
        try {
          const response = await used.cluster.request(request);
          refusal = response;
          if (again || !isRefused(response)) return response;
        } finally {
          used.atWork -= 1;
          if ((used.retired || closed) && used.atWork === 0) used.cluster.close();
        }
        const other = await current(used);
        if (other === used) return refusal;
        used = other;
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
  cluster: Cluster;
  /** By the monotonic clock. */
  renewAt: number;
  /** Requests under way. */
  atWork: number;
  retired: boolean;
}
