import type { RequestPlace } from '../../../platform/kubernetes/request-place';
import type { KubeStatus } from '../../../platform/kubernetes/status';
import { isMap } from '../../../platform/input/is-map';
import { QuotedValues } from '../../../formats/manifests/modifiers/quoted-values';

/** How a message begins that goes on with the words of a webhook or a policy. */
const ofAdmission = [
  /^[\s\S]*?admission webhook "[^"]*" denied the request/,
  /^[\s\S]*?failed calling (?:admission )?webhook "[^"]*"/,
  /^[\s\S]*?(?:Validating|Mutating)AdmissionPolicy '[^']*'(?: with binding '[^']*')?(?: denied request)?/,
];

/** What the API server says of every object alike: it quotes names, and nothing of the object. */
const ofAnyObject = [
  /^secrets "[^"]*" (?:already exists|not found)$/,
  /^secrets (?:"[^"]*" )?is forbidden: (?:User "[^"]*" cannot \w+ resource "secrets"|exceeded quota|status unknown for quota|unable to create new content in namespace)/,
  /^Operation cannot be fulfilled on secrets "[^"]*"/,
];

/** In the place of what may quote a value. */
const untold = 'what is said of the Secret is not shown, because it may quote its values';

/**
 * Returns a refusal of a request about a Secret without the values that it quotes: webhooks and policies repeat what they deny,
 * and the reason goes into results, logs and plans. Where the request holds the whole Secret, words that quote none of its
 * values stay. Where it does not (an update, a deletion), what a webhook or policy says is left out: it sees values that
 * the request does not hold. A refusal about another resource comes back as it is.
 */
export function quotingNoSecret(
  place: Pick<RequestPlace, 'group' | 'resource'> | undefined,
  body: string | undefined,
  status: KubeStatus,
): KubeStatus {
  if (place?.group !== '' || place.resource !== 'secrets') return status;
  if (status.causes.length === 0 && isOfAnyObject(status.message)) return status;
  const secret = bodyOf(body);
  const values = new QuotedValues(secret);
  const isWhole = typeof secret.kind === 'string';
  const shown = (message: string): string => {
    if (isOfAnyObject(message)) return message;
    const frame = ofAdmission.map((sign) => sign.exec(message)?.[0]).find((found) => found !== undefined);
    // What is no Status of Kubernetes is the word of something before the API server.
    const isOthers = frame !== undefined || status.reason === '';
    const words = message.slice(frame?.length ?? 0);
    if ((isWhole || !isOthers) && !values.isIn(words)) return message;
    return `${frame ?? `HTTP status ${status.code}`}: ${untold}`;
  };
  const causes = status.causes.map((cause) => ({ ...cause, message: shown(cause.message) }));
  return { ...status, message: shown(status.message), causes };
}

function isOfAnyObject(message: string): boolean {
  return ofAnyObject.some((sign) => sign.test(message));
}

function bodyOf(body: string | undefined): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body ?? '');
    return isMap(parsed) ? parsed : {};
  } catch {
    return {};
  }
}
