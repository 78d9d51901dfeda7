import type { KubeStatus } from '../../cluster/status';

/** A create that was refused for a reason that may pass. */
export interface Refusal {
  reason: string;
  /** Refusals with the same cause pass together: the webhook, the missing kind, the quota. */
  cause: string;
  /** True when time alone may help; false when only what this restore still makes can. */
  passesWithTime: boolean;
}

/**
 * Whether a refused create is worth another try, and why it was refused. Undefined for what stays wrong: an invalid
 * object, a missing right.
 */
export function refusalOf(status: KubeStatus, groupResource: string): Refusal | undefined {
  const refusal = (cause: string, passesWithTime: boolean): Refusal => ({
    reason: status.message,
    cause,
    passesWithTime,
  });
  const { code, message } = status;
  const webhook = /failed calling (?:admission )?webhook "([^"]+)"/.exec(message);
  if (webhook) return refusal(`webhook ${webhook[1]}`, true);
  const conversion = /conversion webhook for (\S+)/.exec(message);
  if (conversion) return refusal(`conversion webhook for ${conversion[1]}`, true);
  if (status.causes.some((one) => one.reason === 'NamespaceTerminating'))
    return refusal('namespace terminating', true);
  // A kind that is about to be served; or a namespace or role that this restore has yet to make.
  if (code === 404) {
    return refusal(
      `not found: ${groupResource}: ${message}`,
      /could not find the requested resource/.test(message),
    );
  }
  if (code === 403) return forbidden(message, refusal);
  // AlreadyExists is met by comparing; a Conflict is two writers at one quota or one object.
  if (code === 409 && status.reason === 'Conflict') return refusal('conflict', true);
  if (code === 408 || code === 429 || code >= 500) return refusal(`status ${code}`, true);
  return undefined;
}

/** Admission plugins answer 403 for what is only not there yet. */
function forbidden(
  message: string,
  refusal: (cause: string, passesWithTime: boolean) => Refusal,
): Refusal | undefined {
  if (/error looking up service account/.test(message)) return refusal('service account', true);
  if (/exceeded quota|status unknown for quota/.test(message))
    return refusal('quota', /unknown/.test(message));
  if (/no PriorityClass with name/.test(message)) return refusal('priority class', false);
  if (/is not yet ready to handle request/.test(message)) return refusal('not ready', true);
  return undefined;
}
