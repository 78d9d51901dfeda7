import { isKind } from '../../platform/errors';
import type { State } from '../../formats/state/state';
import { findRequest } from '../../formats/state/run/requests';
import type { RunId } from '../../formats/state/run-keys';

/**
 * The network from which a run's cluster is reached; undefined for the default one. A run without a cluster, or of one that
 * is gone or cannot be understood, goes to the default workers: they say what is wrong. Throws `unavailable` and `denied`:
 * then nobody knows where the run belongs.
 */
export async function runNetwork(state: State, run: RunId): Promise<string | undefined> {
  try {
    const request = await findRequest(state.store, run);
    if (!request || !('cluster' in request)) return undefined;
    return (await state.clusters.find(request.cluster))?.spec.network;
  } catch (error) {
    if (isKind(error, 'invalid') || isKind(error, 'corrupt')) return undefined;
    throw error;
  }
}
