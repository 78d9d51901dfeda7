import type { Discovery } from './api-resource';
import type { BodyBuffers } from './body-buffers';
import type { CommandEnd, PodCommand } from './pod-command';

/**
 * A connection to one API server: `node:https`, keep-alive, the credentials of one sanitised kubeconfig.
 * Bytes in, bytes out: bodies are never run through typed models (they drop and rename fields).
 */
export interface Cluster {
  /** The registered name. */
  readonly name: string;
  /** Origin of the API server, for messages. Holds no credentials. */
  readonly server: string;
  /** The namespace of the service account that the connection's token says it is of; absent for other credentials. */
  readonly tokenNamespace?: string;

  /**
   * One request. 429 and 5xx are tried again, honouring Retry-After (a create that may have happened is not repeated
   * blindly: `ambiguous` on the response says that an earlier try broke after it was sent). Answers of any status are
   * returned; throws LifeboatError `unavailable` when no answer could be had, or the signal's reason.
   */
  request(request: ApiRequest): Promise<ApiResponse>;

  /** All listable resources; two requests on a current server. Not cached: the caller keeps what it needs. */
  discover(options?: DiscoverOptions): Promise<Discovery>;

  /** Closes the sockets. */
  close(): void;
}

/** A connection that also runs commands in containers. What plans and other rehearsals are handed does not: no command is without effect. */
export interface ExecCluster extends Cluster {
  /**
   * Runs one command in a container and waits for its end. Sent once: it is not repeated where its answer is lost. Throws
   * CommandError where the command did not run or its end is not known, `denied` where nothing may be run, or the signal's
   * reason.
   */
  exec(command: PodCommand): Promise<CommandEnd>;
}

export interface DiscoverOptions {
  /** Every version of each resource, not only the preferred one. */
  allVersions?: boolean;
  /** Also resources that cannot be listed, created, got and deleted. */
  allVerbs?: boolean;
  signal?: AbortSignal;
}

export interface ApiRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Encoded path with its query, from `objectPath`/`listPath` of api-path.ts. */
  path: string;
  body?: Buffer | string;
  contentType?: string;
  accept?: string;
  signal?: AbortSignal;
  /** Milliseconds for the whole answer; default 60,000. */
  timeout?: number;
  /** Largest body taken, decompressed; a larger one rejects with `ResponseTooLarge` of exchange.ts. Default 256 MiB. */
  maxBytes?: number;
  /** Where the memory of the body comes from, and goes when the caller gives `body` to it; absent: memory of its own. */
  buffers?: BodyBuffers;
  /** Rejects with SlowAnswer of no-answer.ts once an answer takes too long, for a caller that can ask for less; else it is asked again. */
  rejectsSlow?: boolean;
  /** Tries in all, where fewer than the connection's are wanted. */
  attempts?: number;
}

export interface ApiResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** Decompressed. */
  body: Buffer;
  /** True when an earlier try of this request broke after it had been sent, so that it may have happened. */
  ambiguous: boolean;
}
