import { Agent, type RequestOptions, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';

/** A running API server, with an administrator's token. */
export interface ClusterUnderTest {
  server: string;
  token: string;
  /** PEM. */
  ca: string;
  /** Makes the server forget past revisions; absent where it does so by itself within seconds. */
  compact?(): Promise<void>;
  stop(): Promise<void>;
}

export interface RawAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: the cases look into answers of any shape.
  json: any;
}

export interface RawRequest {
  body?: unknown;
  /** Sent as it is. */
  text?: string;
  type?: string;
  headers?: Record<string, string>;
  token?: string | null;
}

/** Plain HTTPS requests, so that the contract holds whatever our own client does. */
export class RawClient {
  readonly #agent: Agent;
  /** `v1.37.2` → [1, 37]. */
  version: [number, number] = [0, 0];

  constructor(private readonly cluster: ClusterUnderTest) {
    this.#agent = new Agent({ keepAlive: true, ca: cluster.ca, maxSockets: 16 });
  }

  async readVersion(): Promise<void> {
    const { json } = await this.get('/version');
    // Builds from plain source leave major and minor empty.
    const [, major, minor] = /^v(\d+)\.(\d+)/.exec(json.gitVersion) ?? [];
    this.version = [Number(major), Number(minor)];
  }

  /** True from this minor release on. */
  since(minor: number): boolean {
    return this.version[1] >= minor;
  }

  close(): void {
    this.#agent.destroy();
  }

  get = (path: string, options?: RawRequest) => this.send('GET', path, options);
  post = (path: string, body: unknown, options?: RawRequest) => this.send('POST', path, { body, ...options });
  put = (path: string, body: unknown, options?: RawRequest) => this.send('PUT', path, { body, ...options });
  delete = (path: string, body?: unknown) => this.send('DELETE', path, { body });
  merge = (path: string, body: unknown) =>
    this.send('PATCH', path, { body, type: 'application/merge-patch+json' });

  async send(method: string, path: string, options: RawRequest = {}): Promise<RawAnswer> {
    const text = options.text ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const token = options.token === undefined ? this.cluster.token : options.token;
    const headers: Record<string, string> = {
      accept: 'application/json',
      'user-agent': 'contract/1',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(text === undefined
        ? {}
        : {
            'content-type': options.type ?? 'application/json',
            // Node sends the body of a DELETE without a length, and then nobody can tell where it ends.
            'content-length': String(Buffer.byteLength(text)),
          }),
      ...options.headers,
    };
    return new Promise((resolve, reject) => {
      const settings: RequestOptions = { method, agent: this.#agent, headers, timeout: 20_000 };
      const sent = request(this.cluster.server + path, settings, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const answered = Buffer.concat(chunks).toString();
          let json: unknown;
          try {
            json = JSON.parse(answered);
          } catch {
            json = undefined;
          }
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: answered, json });
        });
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer to ${method} ${path}`)));
      sent.on('error', reject);
      sent.end(text);
    });
  }

  /** Asks again until `done`; gives the last answer whatever it is. */
  async until(
    path: string,
    done: (answer: RawAnswer) => boolean,
    seconds = 15,
    options?: RawRequest,
  ): Promise<RawAnswer> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const answer = await this.get(path, options);
      if (done(answer) || Date.now() > deadline) return answer;
      await delay(50);
    }
  }

  /** A namespace that has its service account, so that anything can be created in it. */
  async namespace(name: string): Promise<string> {
    await this.post('/api/v1/namespaces', { metadata: { name } });
    await this.until(`/api/v1/namespaces/${name}/serviceaccounts/default`, ({ status }) => status === 200);
    return `/api/v1/namespaces/${name}`;
  }
}
