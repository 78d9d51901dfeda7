import type { KubeStatus } from '../../../../platform/kubernetes/status';

/**
 * What may still cure a refusal, and so how long a restore waits for it.
 * `time`: it passes by itself (a webhook comes up, a CRD is served).
 * `controllers`: something in the cluster may act on what this restore made (an operator, a webhook whose cache lags).
 * `restore`: only what this restore still makes.
 */
export type Cure = 'time' | 'controllers' | 'restore';

/** A write that was refused. Every refusal is tried again once something else was made. */
export interface Refusal {
  reason: string;
  /** Refusals with the same cause pass together: the webhook, the missing kind, the quota. */
  cause: string;
  cure: Cure;
  /** True when the cause is not in the object: every other object of its resource and namespace meets it too. */
  meetsAll: boolean;
}

interface Sign {
  sign: RegExp;
  /** `$1` is what the sign found. */
  cause: string;
  cure: Cure;
  meetsAll: boolean;
}

/** By the API server's words, the first that fits; the text of a webhook's own comes after these words. */
const signs: Sign[] = [
  // A webhook or policy looks at each object: it may take the next one, and this one later.
  {
    sign: /admission webhook "([^"]+)" denied the request/,
    cause: 'webhook $1 denies',
    cure: 'controllers',
    meetsAll: false,
  },
  {
    sign: /(?:Validating|Mutating)AdmissionPolicy '([^']+)'/,
    cause: 'policy $1 denies',
    cure: 'controllers',
    meetsAll: false,
  },
  {
    sign: /failed calling (?:admission )?webhook "([^"]+)"/,
    cause: 'webhook $1',
    cure: 'time',
    meetsAll: true,
  },
  {
    sign: /conversion webhook for ([^\s,]+)/,
    cause: 'conversion webhook for $1',
    cure: 'time',
    meetsAll: true,
  },
  // 405, from the moment at which its deletion begins (apiextensions-apiserver, customresource_handler.go).
  {
    sign: /not allowed while custom resource definition is terminating/,
    cause: 'its CRD is being deleted',
    cure: 'time',
    meetsAll: true,
  },
  { sign: /error looking up service account/, cause: 'service account', cure: 'time', meetsAll: false },
  { sign: /status unknown for quota/, cause: 'quota', cure: 'time', meetsAll: true },
  { sign: /exceeded quota/, cause: 'quota', cure: 'restore', meetsAll: false },
  { sign: /no PriorityClass with name/, cause: 'priority class', cure: 'restore', meetsAll: false },
  { sign: /is not yet ready to handle request/, cause: 'not ready', cure: 'time', meetsAll: true },
  // etcd and the API server answer 500 for what will never fit.
  {
    sign: /request is too large|message larger than max|Request entity too large/i,
    cause: 'too large',
    cure: 'restore',
    meetsAll: false,
  },
  { sign: /cannot (\w+) resource "[^"]+"/, cause: 'no right to $1', cure: 'restore', meetsAll: true },
];

/** Why a write was refused, and what may cure that. */
export function refusalOf(status: KubeStatus, groupResource: string): Refusal {
  const { code, message } = status;
  if (status.causes.some((one) => one.reason === 'NamespaceTerminating')) {
    return { reason: message, cause: 'namespace terminating', cure: 'time', meetsAll: true };
  }
  for (const { sign, cause, cure, meetsAll } of signs) {
    const found = sign.exec(message);
    if (found) return { reason: message, cause: cause.replace('$1', found[1] ?? ''), cure, meetsAll };
  }
  return { reason: message, ...byCode(status, groupResource, code) };
}

function byCode(status: KubeStatus, groupResource: string, code: number): Omit<Refusal, 'reason'> {
  // A kind that is about to be served; or a namespace or role that this restore has yet to make.
  if (code === 404) {
    const unserved = /could not find the requested resource/.test(status.message);
    return {
      cause: `not found: ${groupResource}: ${status.message}`,
      cure: unserved ? 'time' : 'restore',
      meetsAll: true,
    };
  }
  // AlreadyExists is met by comparing; a Conflict is two writers at one quota or one object.
  if (code === 409) return { cause: 'conflict', cure: 'time', meetsAll: false };
  if (code === 408 || code === 429 || code >= 500) {
    return { cause: `status ${code}`, cure: 'time', meetsAll: true };
  }
  return { cause: `${status.reason || `status ${code}`}`, cure: 'restore', meetsAll: false };
}
