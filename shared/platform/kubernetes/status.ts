import { type ErrorKind, isKind, LifeboatError } from '../errors';
import type { ApiResponse } from './port';

/** What a `Status` body of Kubernetes says about a failure. */
export interface KubeStatus {
  /** HTTP status. */
  code: number;
  /** `AlreadyExists`, `NotFound`, `Forbidden`, `Invalid`, `Expired`, …; empty when the body is no Status. */
  reason: string;
  /** For people. Never more than `maxMessage` characters. */
  message: string;
  /** `details.causes`: for example reason `NamespaceTerminating`, or one field that is invalid. */
  causes: { reason: string; message: string; field: string }[];
  /** `metadata.continue` of a 410: continues a list that has expired, without consistency. */
  continue?: string;
}

const maxMessage = 2000;

/** Reads a Status body; what is not one gives an empty reason and the start of its text. */
export function statusOf(response: Pick<ApiResponse, 'status' | 'body'>): KubeStatus {
  const parsed = parse(response.body);
  if (!parsed) {
    return { code: response.status, reason: '', message: textOfOther(response), causes: [] };
  }
  const details = fieldsOf(parsed.details);
  const causes = Array.isArray(details.causes) ? details.causes.map(fieldsOf) : [];
  const next = textOf(fieldsOf(parsed.metadata).continue);
  return {
    code: response.status,
    reason: textOf(parsed.reason),
    message: withoutExcerpt(textOf(parsed.message)).slice(0, maxMessage) || `HTTP status ${response.status}`,
    causes: causes.map((cause) => ({
      reason: textOf(cause.reason),
      message: withoutExcerpt(textOf(cause.message)).slice(0, maxMessage),
      field: textOf(cause.field),
    })),
    ...(next === '' ? {} : { continue: next }),
  };
}

/** The start of an answer that is no Status, or the title of a page: its markup tells people nothing. */
function textOfOther({ status, body }: Pick<ApiResponse, 'status' | 'body'>): string {
  const text = body.subarray(0, maxMessage).toString('utf8').replace(/\s+/g, ' ').trim();
  if (!text.startsWith('<')) return text.slice(0, 200) || `HTTP status ${status}`;
  const title = /<title>\s*([^<]{1,100}?)\s*<\/title>/i.exec(text)?.[1];
  const page = `HTTP status ${status} and a page that no API server writes`;
  return title === undefined ? page : `${page} (${title})`;
}

/** Gives back an answer of the 2xx class; throws the LifeboatError of any other. `what` begins the message. */
export function expectSuccess(response: ApiResponse, what: string): ApiResponse {
  if (response.status >= 200 && response.status < 300) return response;
  throw errorOfStatus(statusOf(response), what);
}

/**
 * The API server does not know the credentials, or is not the one that they are for: no other question would be answered,
 * unlike after a refusal by RBAC. A run ends with this one error.
 */
export class NotLetIn extends LifeboatError {
  constructor(message: string, hint: string) {
    super('denied', message, { hint });
    this.name = 'NotLetIn';
  }
}

/**
 * Whether an answer says that the API server does not know the credentials. Somebody who shows some is anonymous to it where
 * a gateway keeps a client certificate back, or where it is of an authority that the API server does not know.
 */
export function isUnknownUser({ code, message }: Pick<KubeStatus, 'code' | 'message'>): boolean {
  return code === 401 || (code === 403 && message.includes('User "system:anonymous"'));
}

/** Whether an answer says that RBAC refuses this one request. The 403 of a gateway is a page, or has no reason. */
export function saysRefusedByRbac(status: KubeStatus): boolean {
  return status.code === 403 && status.reason !== '' && !isUnknownUser(status);
}

/** Whether an error says that RBAC refuses this one request, so that another may be answered. */
export function isRefusedByRbac(error: unknown): error is LifeboatError {
  return isKind(error, 'denied') && !(error instanceof NotLetIn);
}

/** Whether an answer says that the server or the credentials fail, so that the next question would fare no better. */
export function failsForAll(status: KubeStatus): boolean {
  return isUnknownUser(status) || status.code === 429 || status.code >= 500;
}

/** 401 and 403 are `denied`, the 403 of a gateway is `invalid`, 404 `not-found`, 409 `conflict`, other 4xx `invalid`; the rest may work later. */
export function errorOfStatus(status: KubeStatus, what: string): LifeboatError {
  const message = `${what}: ${status.message}`;
  if (isUnknownUser(status)) return new NotLetIn(message, hintOfUnknown(status));
  return new LifeboatError(kindOf(status), message, { hint: hintOf(status) });
}

function hintOfUnknown({ code }: KubeStatus): string {
  const remedy = 'give others with `lifeboat cluster update --kubeconfig`';
  return code === 401
    ? `the kubeconfig's credentials have expired or were revoked: ${remedy}`
    : `the API server does not know the kubeconfig's client certificate: it is of another authority, or a gateway keeps it back; ${remedy}, a token for example`;
}

function kindOf({ code, reason }: KubeStatus): ErrorKind {
  if (code === 403 && reason !== '') return 'denied';
  if (code === 404) return 'not-found';
  if (code === 409) return 'conflict';
  if (code === 408 || code === 410 || code === 429) return 'unavailable';
  return code >= 400 && code < 500 ? 'invalid' : 'unavailable';
}

function hintOf(status: KubeStatus): string | undefined {
  if (status.code === 403 && status.reason === 'Forbidden')
    return "RBAC of the cluster decides what the kubeconfig's user may do";
  if (status.reason === '' && status.code !== 404)
    return 'an API server answers in another form: check the gateways and proxies before it, and for an aggregated API the server that it comes from';
  return undefined;
}

function parse(body: Buffer): Record<string, unknown> | undefined {
  if (body[0] !== 0x7b) return undefined;
  try {
    const parsed = JSON.parse(body.toString('utf8')) as Record<string, unknown>;
    return parsed.kind === 'Status' ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Servers of Kubernetes 1.2x quote the object around the byte they could not decode: it may be a Secret. */
function withoutExcerpt(message: string): string {
  return message.replace(/(error found in #\d+ byte of) \.\.\.[\s\S]*$/, '$1 the object');
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
