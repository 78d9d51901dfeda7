import type { RamPolicy } from '../oss/policy/policy';

/** A function as the host runs it: what `s.yaml` says of it, as far as one machine needs it. */
export interface HostedFunction {
  name: string;
  /** Path of the bundle: `dist/functions/backup/index.js`. */
  bundle: string;
  /** Export of the bundle. Default `handler`. */
  exportName?: string;
  /** Seconds. Default 60. */
  timeout?: number;
  /** All that its processes have of an environment, beside FC's own variables. */
  environment: Record<string, string>;
  /** How often an asynchronous invocation is tried again after a function error. Default 3, as in FC. */
  maxAsyncRetryAttempts?: number;
  /** Name of the function that is told of asynchronous invocations that failed for good. */
  onFailure?: string;
}

/** A key pair, with the token of STS where it is one of a role. */
export interface HostCredentials {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
  /** Which functions it may start, by its policies; all without them. */
  policies?: readonly RamPolicy[];
}

/** Where the functions live, as their context tells them. */
export interface HostPlace {
  accountId: string;
  region: string;
}
