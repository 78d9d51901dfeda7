import type { lookup } from 'node:dns';
import { Agent } from 'node:https';
import { isIP } from 'node:net';
import { version } from '../../package.json';
import type { Clock, Random } from '../clock';
import { LifeboatError } from '../errors';
import { type Log, silentLog } from '../log/log';
import type { Discovery } from './api-resource';
import { httpsCredentials } from './credentials';
import { discover } from './discovery';
import { BrokenExchange, type Endpoint, exchange } from './exchange';
import type { SanitisedKubeconfig } from './kubeconfig';
import type { ApiRequest, ApiResponse, Cluster, DiscoverOptions } from './port';
import {
  defaultRetryRules,
  delayBefore,
  isPermanent,
  type RetryRules,
  retryAfterOf,
  worthRepeating,
} from './retry';
import { type AddressRules, guardedLookup, refusalOfHost, refusedServer } from './server-address';

export interface ConnectionDeps {
  clock: Clock;
  random: Random;
  log?: Log;
  /** Asks DNS; default: node's own. */
  resolve?: typeof lookup;
}

export interface ConnectionOptions extends AddressRules {
  /** Connections kept open, and so requests at a time; more wait. Default 24. */
  maxSockets?: number;
  /** Milliseconds for one answer where the request says nothing. Default 60,000. */
  timeout?: number;
  /** Largest body taken, decompressed, where the request says nothing. Default 256 MiB. */
  maxBytes?: number;
  retry?: Partial<RetryRules>;
}

/**
 * Opens a connection to the API server of a sanitised kubeconfig; no request is made yet. Throws LifeboatError
 * `denied` for an address that is refused, `invalid` for certificates that do not load.
 */
export async function connect(
  name: string,
  kubeconfig: SanitisedKubeconfig,
  deps: ConnectionDeps,
  options: ConnectionOptions = {},
): Promise<Cluster> {
  const url = new URL(kubeconfig.server);
  // An address in figures never reaches the lookup.
  const reason = refusalOfHost(url.hostname, options);
  if (reason) throw refusedServer(url.hostname, reason);
  const credentials = await httpsCredentials(name, kubeconfig);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const servername = credentials.servername ?? (isIP(host) ? undefined : host);
  const agent = new Agent({
    keepAlive: true,
    maxSockets: options.maxSockets ?? 24,
    secureContext: credentials.secureContext,
    rejectUnauthorized: true,
    lookup: guardedLookup(options, deps.resolve),
  });
  return new Connection(
    name,
    url.origin,
    {
      agent,
      options: { host, port: url.port || 443, ...(servername === undefined ? {} : { servername }) },
      prefix: url.pathname.replace(/\/+$/, ''),
      headers: {
        ...credentials.headers,
        // API servers indent their answers for agents that look like a browser or curl.
        'user-agent': `lifeboat/${version}`,
      },
    },
    deps,
    options,
  );
}

class Connection implements Cluster {
  readonly #rules: RetryRules;
  #answered = false;

  constructor(
    readonly name: string,
    readonly server: string,
    private readonly endpoint: Endpoint,
    private readonly deps: ConnectionDeps,
    private readonly options: ConnectionOptions,
  ) {
    this.#rules = { ...defaultRetryRules, ...options.retry };
  }

  async request(request: ApiRequest): Promise<ApiResponse> {
    const call = {
      ...request,
      timeout: request.timeout ?? this.options.timeout ?? 60_000,
      maxBytes: request.maxBytes ?? this.options.maxBytes ?? 256 * 1024 * 1024,
    };
    const { clock, random, log = silentLog } = this.deps;
    const attempts = Math.min(request.attempts ?? Number.POSITIVE_INFINITY, this.#rules.attempts);
    let ambiguous = false;
    for (let tried = 1; ; tried++) {
      let wait: number;
      let why: string;
      try {
        const response = await exchange(this.endpoint, call);
        this.#answered = true;
        if (tried >= attempts || !worthRepeating(call.method, response)) return { ...response, ambiguous };
        // 429 is said before anything is done; a gateway's or a dying server's 5xx is not.
        ambiguous ||= response.status !== 429;
        wait = delayBefore(tried, retryAfterOf(response), this.#rules, random);
        why = `HTTP status ${response.status}`;
      } catch (error) {
        if (!(error instanceof BrokenExchange)) throw error;
        const limit = this.#answered ? attempts : Math.min(attempts, this.#rules.firstAttempts);
        if (isPermanent(error) || tried >= limit) throw this.#unreachable(call, error, tried);
        ambiguous ||= error.sent;
        wait = tried === 1 && error.reusedSocket ? 0 : delayBefore(tried, undefined, this.#rules, random);
        why = error.code;
      }
      log.debug('Repeating a request to the API server', {
        cluster: this.name,
        method: call.method,
        path: call.path,
        why,
        tried,
      });
      if (wait > 0) await clock.sleep(wait, call.signal).catch(() => {});
      // Whatever the clock throws then, the caller is given the signal's own reason.
      call.signal?.throwIfAborted();
    }
  }

  async discover(options?: DiscoverOptions): Promise<Discovery> {
    return discover(this, options);
  }

  close(): void {
    this.endpoint.agent.destroy();
  }

  #unreachable(call: ApiRequest, error: BrokenExchange, tried: number): LifeboatError {
    const times = tried === 1 ? '' : ` after ${tried} tries`;
    return new LifeboatError(
      'unavailable',
      `cluster "${this.name}" (${this.server}): no answer to ${call.method} ${call.path}${times}: ${error.message}`,
      { hint: hintOf(error) },
    );
  }
}

function hintOf(error: BrokenExchange): string {
  if (isPermanent(error)) {
    return "the API server's certificate was not accepted: check certificate-authority-data and the server address, and add the cluster again";
  }
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN')
    return 'check the server address: its name has no address';
  return 'check that the API server runs and can be reached from here';
}
