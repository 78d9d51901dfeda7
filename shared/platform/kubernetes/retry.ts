import type { Random } from '../clock';
import type { BrokenExchange } from './exchange';
import type { ApiRequest, ApiResponse } from './port';

export interface RetryRules {
  /** Tries of one request in all; client-go makes ten. Default 10. */
  attempts: number;
  /** Tries while this connection has never had an answer: a wrong address should be told soon. Default 3. */
  firstAttempts: number;
  /** Milliseconds; the ceiling of the n-th wait is `baseDelay` · 2^n, at most `maxDelay`. */
  baseDelay: number;
  maxDelay: number;
  /** Milliseconds that an API server may be away, as a single control plane is while it is upgraded. Default 300,000. */
  patience: number;
}

export const defaultRetryRules: RetryRules = {
  attempts: 10,
  firstAttempts: 3,
  baseDelay: 200,
  maxDelay: 10_000,
  patience: 300_000,
};

/** The API server's own longest Retry-After is 32 s (priority and fairness); more than this is not waited for. */
const longestRetryAfter = 60_000;

/** Milliseconds until the next try: full jitter, or a little more than the server asked for. */
export function delayBefore(
  tried: number,
  retryAfter: number | undefined,
  rules: RetryRules,
  random: Random,
): number {
  const ceiling = Math.min(rules.maxDelay, rules.baseDelay * 2 ** (tried - 1));
  const jitter = random.fraction() * ceiling;
  // Everybody who was sent away comes back at the same second unless each adds a share of its own.
  return retryAfter === undefined
    ? jitter
    : retryAfter + random.fraction() * Math.max(rules.baseDelay, retryAfter / 2);
}

/** Retry-After in milliseconds. API servers send seconds, gateways also a time, which is held against their own clock. */
export function retryAfterOf({ headers }: Pick<ApiResponse, 'headers'>): number | undefined {
  const value = String(headers['retry-after'] ?? '').trim();
  const ms = /^\d{1,6}$/.test(value)
    ? Number(value) * 1000
    : Date.parse(value) - Date.parse(String(headers.date ?? ''));
  return Number.isNaN(ms) ? undefined : Math.min(longestRetryAfter, Math.max(0, ms));
}

/**
 * Whether the same request may be answered otherwise later. A 500 of a write mostly states a fact (a webhook that
 * cannot be called, a resourceVersion that is set), and the caller knows better what to do about it; of a read it is
 * etcd changing its leader.
 */
export function worthRepeating(
  method: ApiRequest['method'],
  response: Pick<ApiResponse, 'status' | 'headers'>,
): boolean {
  const { status } = response;
  if (status === 429 || status === 502 || status === 503 || status === 504) return true;
  if (status < 500) return false;
  return method === 'GET' || retryAfterOf(response) !== undefined;
}

/** True when the connection's failure is a fact about the address or its certificate, which no repetition changes. */
export function isPermanent(broken: BrokenExchange): boolean {
  return (
    /^(CERT_|UNABLE_TO_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED|ERR_OSSL_|ERR_SSL_|HOSTNAME_MISMATCH|ERR_INVALID_|HPE_)/.test(
      broken.code,
    ) || broken.code === 'EPROTO'
  );
}
