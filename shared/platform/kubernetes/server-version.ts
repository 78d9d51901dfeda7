import { LifeboatError } from '../errors';
import { askVersion } from './ask-document';
import type { Cluster } from './port';

/** The newest minor version of Kubernetes 1 that is not worked with. */
const tooOld = 10;

/**
 * `gitVersion` of the API server, for example `v1.37.2`. Throws LifeboatError `invalid` for a server not later than 1.10,
 * naming its version, `denied` and `unavailable` as the connection does.
 */
export async function supportedVersion(
  cluster: Pick<Cluster, 'request' | 'name' | 'server'>,
  signal?: AbortSignal,
): Promise<string> {
  const { gitVersion: version } = await askVersion(cluster, { timeout: 15_000, signal });
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  // Builds without a version say v0.0.0, kcp's for example.
  if ((Number(major) < 1 && Number(minor) > 0) || (Number(major) === 1 && Number(minor) <= tooOld)) {
    throw new LifeboatError(
      'invalid',
      `cluster "${cluster.name}" runs Kubernetes ${version}, which is too old`,
      {
        hint: 'Lifeboat works with Kubernetes 1.11 and later: upgrade the cluster',
      },
    );
  }
  return version;
}
