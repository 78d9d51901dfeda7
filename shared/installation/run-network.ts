import type { State } from '../state/state';
import { findRequest } from '../state/requests';
import type { RunId } from '../state/run-keys';

/**
 * The network from which a run's cluster is reached; undefined for the default one. A run without a cluster, or of one that
 * is gone or cannot be read, goes to the default workers: they say what is wrong.
 */
export async function runNetwork(state: State, run: RunId): Promise<string | undefined> {
  try {
    const request = await findRequest(state.store, run);
    if (!request || !('cluster' in request)) return undefined;
    return (await state.clusters.find(request.cluster))?.spec.network;
  } catch {
    return undefined;
  }
}
