import https from 'node:https';
import { load } from 'js-yaml';
import type { BenchObject } from './realistic-objects';

/** The floor: the same requests by bare `node:https`, with nothing done to the answers. */
export interface BareConnection {
  agent: https.Agent;
  origin: string;
  token: string;
}

/** Connects with the token and CA of an admin kubeconfig. */
export function bareConnection(kubeconfig: string, maxSockets: number): BareConnection {
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

/** Reads every page of every given collection on as many connections as the agent has; returns the objects' count. */
export async function bareList(connection: BareConnection, collections: readonly string[]): Promise<number> {
  const queue = [...collections];
  let items = 0;
  const worker = async () => {
    for (let collection = queue.shift(); collection !== undefined; collection = queue.shift()) {
      let next = '';
      do {
        const page = await bareRequest(connection, 'GET', `${collection}?limit=500${next}`);
        items += countItems(page);
        const found =
          /"continue":"([^"]+)"/.exec(page.toString('latin1', 0, 2000)) ??
          /"continue":"([^"]+)"/.exec(page.toString('latin1', page.length - 2000));
        next = found ? `&continue=${found[1]}` : '';
      } while (next !== '');
    }
  };
  await Promise.all(Array.from({ length: connection.agent.maxSockets }, worker));
  return items;
}

/** Creates the objects by as many workers as the agent has sockets. */
export async function bareCreate(connection: BareConnection, objects: readonly BenchObject[]): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let object = objects[next++]; object !== undefined; object = objects[next++]) {
      await bareRequest(connection, 'POST', object.collection, object.body);
    }
  };
  await Promise.all(Array.from({ length: connection.agent.maxSockets }, worker));
}

function countItems(page: Buffer): number {
  let count = 0;
  for (let at = page.indexOf('"uid":"'); at >= 0; at = page.indexOf('"uid":"', at + 7)) count++;
  return count;
}

export function bareRequest(
  connection: BareConnection,
  method: string,
  path: string,
  body?: string,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = {
      authorization: `Bearer ${connection.token}`,
      accept: 'application/json',
      'user-agent': 'bench',
    };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const request = https.request(
      connection.origin + path,
      { agent: connection.agent, method, headers },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answer = Buffer.concat(chunks);
          const status = response.statusCode ?? 0;
          if (status < 300) resolve(answer);
          else reject(new Error(`${method} ${path}: ${status} ${answer.toString('utf8', 0, 300)}`));
        });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}
