import { believeAbsence, NotAnApiServer } from './believe';
import type { ApiRequest, Cluster } from './port';
import { expectSuccess } from './status';

/** The largest document of a discovery. A cluster with 3,000 custom resources sends 4 MB. */
const maxBytes = 32 * 1024 * 1024;

type Asked = Pick<Cluster, 'request' | 'name' | 'server'>;

/**
 * Reads a document of the discovery, whose kind has to be one of `kinds`. Throws NotAnApiServer for any other answer, and
 * the error of `expectSuccess` for a refusal.
 */
export async function askDocument(
  cluster: Asked,
  request: ApiRequest,
  kinds: readonly string[],
): Promise<Record<string, unknown>> {
  const document = await askJson(cluster, request);
  if (kinds.includes(String(document.kind))) return document;
  throw new NotAnApiServer(cluster, request, `something other than ${kinds.join(' or ')}`);
}

/** Reads `/version`; `gitVersion` is there, whatever it says. Throws as `askDocument`. */
export async function askVersion(
  cluster: Asked,
  options: Pick<ApiRequest, 'signal' | 'timeout'>,
): Promise<{ gitVersion: string; major?: string; minor?: string }> {
  const request: ApiRequest = { method: 'GET', path: '/version', ...options };
  const { gitVersion, major, minor } = await askJson(cluster, request);
  if (typeof gitVersion !== 'string') {
    throw new NotAnApiServer(cluster, request, 'something other than a version');
  }
  return {
    gitVersion,
    ...(typeof major === 'string' && { major }),
    ...(typeof minor === 'string' && { minor }),
  };
}

async function askJson(cluster: Asked, request: ApiRequest): Promise<Record<string, unknown>> {
  const response = await cluster.request({ maxBytes, ...request });
  believeAbsence(cluster, request, response);
  if (response.status >= 400) {
    expectSuccess(response, `cluster "${cluster.name}": discovery (${request.path})`);
  }
  if (response.status !== 200) throw new NotAnApiServer(cluster, request, `HTTP status ${response.status}`);
  try {
    const document: unknown = JSON.parse(response.body.toString('utf8'));
    if (typeof document === 'object' && document !== null) return document as Record<string, unknown>;
  } catch {
    // Said below.
  }
  throw new NotAnApiServer(cluster, request, 'a body that is not a JSON object');
}
