import type { lookup } from 'node:dns';
import { Agent, type AgentOptions } from 'node:https';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { version } from '../../../package.json';
import type { Clock, Random } from '../clock';
import { type Log, silentLog } from '../log/log';
import type { Discovery } from './api-resource';
import { httpsCredentials } from './credentials';
import { discover } from './discovery';
import { BrokenExchange, type Endpoint, exchange } from './exchange';
import { runInContainer } from './exec';
import type { SanitisedKubeconfig } from './kubeconfig';
import { awayAnswer, brokeSlowly, noAnswer, saysSlow, SlowAnswer } from './no-answer';
import { type Away, Outage, saysAway } from './outage';
import { namespaceOfToken } from './own-account';
import type { CommandEnd, PodCommand } from './pod-command';
import type { ApiRequest, ApiResponse, DiscoverOptions, ExecCluster } from './port';
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
  /** Waits for an API server that is away from the first request on, as for one that goes away later. */
  waitsFromStart?: boolean;
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
): Promise<ExecCluster> {
  const url = new URL(kubeconfig.server);
  // An address in figures never reaches the lookup.
  const reason = refusalOfHost(url.hostname, options);
  if (reason) throw refusedServer(url.hostname, reason);
  const credentials = await httpsCredentials(name, kubeconfig);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const checked = credentials.servername ?? host;
  // An address is no name that a client may send (RFC 6066), and is compared with the certificate all the same.
  const servername = isIP(checked) ? '' : checked;
  const guards: AgentOptions = {
    secureContext: credentials.secureContext,
    rejectUnauthorized: true,
    checkServerIdentity: (_, certificate) => checkServerIdentity(checked, certificate),
    lookup: guardedLookup(options, deps.resolve),
  };
  return new Connection(
    name,
    url.origin,
    {
      agent: new Agent({ ...guards, keepAlive: true, maxSockets: options.maxSockets ?? 24 }),
      options: { host, port: url.port || 443, servername },
      prefix: url.pathname.replace(/\/+$/, ''),
      headers: {
        ...credentials.headers,
        // API servers indent their answers for agents that look like a browser or curl.
        'user-agent': `lifeboat/${version}`,
      },
    },
    // A command is sent once, so never over a socket that the server may have closed meanwhile.
    new Agent(guards),
    deps,
    options,
    namespaceOfToken(kubeconfig.token),
  );
}

class Connection implements ExecCluster {
  readonly #rules: RetryRules;
  readonly #outage: Outage;

  constructor(
    readonly name: string,
    readonly server: string,
    private readonly endpoint: Endpoint,
    private readonly commandAgent: Agent,
    private readonly deps: ConnectionDeps,
    private readonly options: ConnectionOptions,
    readonly tokenNamespace: string | undefined,
  ) {
    this.#rules = { ...defaultRetryRules, ...options.retry };
    this.#outage = new Outage(
      { patience: this.#rules.patience, fromStart: options.waitsFromStart ?? false },
      { clock: deps.clock, log: deps.log ?? silentLog, cluster: name },
    );
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
    let outage: Away | undefined;
    let tried = 0;
    for (let failures = 1; ; failures++) {
      const { response, broken, why, slow } = await this.#try(call);
      const away = response ? await this.#isAway(call, response) : broken.away;
      if (slow && call.rejectsSlow && !(response && away)) {
        if (response) this.#outage.end();
        throw new SlowAnswer(this, call, why);
      }
      if (response && !away) this.#outage.end();
      if (response && !away && !worthRepeating(call.method, response)) return { ...response, ambiguous };
      const before = outage;
      outage = away ? this.#outage.note(why) : undefined;
      // While the server is away a failure says nothing about the request.
      if (!outage?.isWaitedOut || outage.id !== before?.id) tried++;
      const limit = this.#mayTry(attempts, broken, outage);
      if (broken && (isPermanent(broken) || tried >= limit))
        throw noAnswer(this, call, broken, { tries: failures, isAway: outage?.isWaitedOut === false });
      if (response && tried >= limit) return this.#lastAnswer(call, { ...response, ambiguous }, outage);
      // 429 is said before anything is done; a gateway's or a dying server's 5xx is not.
      ambiguous ||= response ? response.status !== 429 : broken.sent;
      const wait =
        failures === 1 && broken?.reusedSocket
          ? 0
          : delayBefore(failures, response && retryAfterOf(response), this.#rules, random);
      log.debug('Repeating a request to the API server', {
        cluster: this.name,
        method: call.method,
        path: call.path,
        why,
        tried: failures,
      });
      if (wait > 0) await clock.sleep(wait, call.signal).catch(() => {});
      // Whatever the clock throws then, the caller is given the signal's own reason.
      call.signal?.throwIfAborted();
    }
  }

  async exec(command: PodCommand): Promise<CommandEnd> {
    const { options, prefix, headers } = this.endpoint;
    const endpoint = { agent: this.commandAgent, servername: options.servername ?? '', headers };
    return runInContainer(`${this.server}${prefix}`, endpoint, command);
  }

  async discover(options?: DiscoverOptions): Promise<Discovery> {
    return discover(this, options);
  }

  close(): void {
    this.endpoint.agent.destroy();
    this.commandAgent.destroy();
  }

  async #try(call: Call): Promise<Tried> {
    const { clock } = this.deps;
    const sentAt = clock.monotonic();
    try {
      const response = await exchange(this.endpoint, call);
      return { response, why: `HTTP status ${response.status}`, slow: saysSlow(response) };
    } catch (error) {
      if (!(error instanceof BrokenExchange)) throw error;
      return { broken: error, why: error.message, slow: brokeSlowly(error, clock.monotonic() - sentAt) };
    }
  }

  /** Where an answer leaves open what it is about, the API server is asked for its version, which is answered at once. */
  async #isAway({ path, signal }: Call, response: Omit<ApiResponse, 'ambiguous'>): Promise<boolean> {
    const said = saysAway({ path }, response);
    if (said !== 'perhaps') return said;
    if (!this.#outage.waits) return false;
    const { response: other } = await this.#try({ ...question, signal });
    return other === undefined || other.status >= 500;
  }

  /** An address that never answered, and a server that was waited for, are told soon. */
  #mayTry(attempts: number, broken: BrokenExchange | undefined, outage: Away | undefined): number {
    const { answered } = this.#outage;
    const isSoon = outage ? !outage.isWaitedOut && (broken || answered) : broken && !answered;
    return isSoon ? Math.min(attempts, this.#rules.firstAttempts) : attempts;
  }

  #lastAnswer(call: ApiRequest, response: ApiResponse, outage: Away | undefined): ApiResponse {
    if (!outage || outage.isWaitedOut || !this.#outage.answered) return response;
    throw awayAnswer(this, call, response);
  }
}

/** Milliseconds and bytes: the version is small, and no store is asked for it. */
const question: Call = { method: 'GET', path: '/version', timeout: 10_000, maxBytes: 1024 * 1024 };

type Call = ApiRequest & { timeout: number; maxBytes: number };

type Tried = { why: string; slow: boolean } & (
  | { response: Omit<ApiResponse, 'ambiguous'>; broken?: undefined }
  | { response?: undefined; broken: BrokenExchange }
);
