import { LifeboatError } from '../errors';
import type { Cluster } from './port';
import { expectSuccess } from './status';

/** The newest minor version of Kubernetes 1 that is not worked with. */
const tooOld = 10;

/**
 * `gitVersion` of the API server, for example `v1.37.2`. Throws LifeboatError `invalid` for a server not later than 1.10,
 * naming its version, `denied` and `unavailable` as the connection does.
 */
export async function supportedVersion(
  cluster: Pick<Cluster, 'request' | 'name'>,
  signal?: AbortSignal,
): Promise<string> {
  const response = await cluster.request({ method: 'GET', path: '/version', timeout: 15_000, signal });
  expectSuccess(response, `cluster "${cluster.name}": /version`);
  const version = gitVersionOf(response.body);
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) < 1 || (Number(major) === 1 && Number(minor) <= tooOld)) {
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

function gitVersionOf(body: Buffer): string {
  try {
    const { gitVersion } = JSON.parse(body.toString('utf8')) as { gitVersion?: unknown };
    return typeof gitVersion === 'string' ? gitVersion : '';
  } catch {
    throw new LifeboatError('invalid', 'what answers at the server address is no API server of Kubernetes', {
      hint: 'check the server address of the kubeconfig',
    });
  }
}
