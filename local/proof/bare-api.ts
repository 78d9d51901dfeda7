import https from 'node:https';
import { load } from 'js-yaml';

/**
 * A connection to an API server by bare `node:https`. What proves or measures Lifeboat goes through this and not through
 * Lifeboat's own cluster module.
 */
export interface BareApi {
  agent: https.Agent;
  origin: string;
  token: string;
}

/** Connects with the token and the CA of an admin kubeconfig. */
export function bareApi(kubeconfig: string, maxSockets = 8): BareApi {
  const parsed = load(kubeconfig) as {
    clusters: { cluster: { server: string; 'certificate-authority-data': string } }[];
    users: { user: { token: string } }[];
  };
  const cluster = parsed.clusters[0]!.cluster;
  const ca = Buffer.from(cluster['certificate-authority-data'], 'base64');
  return {
    agent: new https.Agent({ keepAlive: true, maxSockets, ca }),
    origin: cluster.server,
    token: parsed.users[0]!.user.token,
  };
}

/** An answer of any status. */
export interface BareAnswer {
  status: number;
  body: Buffer;
}

/** One request; rejects only when there is no answer. */
export function bareAnswer(
  api: BareApi,
  method: string,
  path: string,
  body?: string,
  contentType = 'application/json',
): Promise<BareAnswer> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = {
      authorization: `Bearer ${api.token}`,
      accept: 'application/json',
      'user-agent': 'bare',
    };
    if (body !== undefined) headers['content-type'] = contentType;
    const request = https.request(api.origin + path, { agent: api.agent, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks) }));
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** One request that must succeed; rejects with the server's own words otherwise. */
export async function bareRequest(
  api: BareApi,
  method: string,
  path: string,
  body?: string,
  contentType?: string,
): Promise<Buffer> {
  const answer = await bareAnswer(api, method, path, body, contentType);
  if (answer.status < 300) return answer.body;
  throw new Error(`${method} ${path}: ${answer.status} ${answer.body.toString('utf8', 0, 300)}`);
}
