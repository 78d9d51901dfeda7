import * as v from 'valibot';
import { parseJson } from '../../platform/input/parse';

const texts = v.record(v.string(), v.string());

const schema = v.looseObject({
  version: v.literal('v1'),
  /** URL-encoded. */
  rawPath: v.string(),
  body: v.optional(v.string(), ''),
  isBase64Encoded: v.optional(v.boolean(), false),
  headers: v.optional(texts, {}),
  /** Repeated ones are joined with a comma. */
  queryParameters: v.optional(texts, {}),
  requestContext: v.looseObject({
    domainName: v.optional(v.string(), 'localhost'),
    http: v.looseObject({ method: v.string(), sourceIp: v.optional(v.string()) }),
  }),
});

/** FC 3.0's HTTP envelope. */
export type HttpEvent = v.InferOutput<typeof schema>;

/** What Function Compute says of a request, and no caller can: where it came in, and from which address. */
export interface Vouched {
  domain: string;
  sourceIp?: string;
}

export function vouchedOf({ requestContext: { domainName, http } }: HttpEvent): Vouched {
  return { domain: domainName, ...(http.sourceIp !== undefined && { sourceIp: http.sourceIp }) };
}

/** What a handler answers; FC wants all four. */
export interface HttpAnswer {
  statusCode: number;
  headers: Record<string, string>;
  isBase64Encoded: boolean;
  body: string;
}

export function readHttpEvent(event: Buffer): HttpEvent {
  return parseJson(schema, event, 'the HTTP event');
}

/** The envelope as a web request, for a router. Throws TypeError for what no web request is: the methods CONNECT and TRACE, a broken header. */
export function toWebRequest(event: HttpEvent): Request {
  const url = new URL(`https://${event.requestContext.domainName}`);
  // Set as text, never resolved against the origin: a path may start with two slashes.
  url.pathname = event.rawPath;
  for (const [name, value] of Object.entries(event.queryParameters)) url.searchParams.append(name, value);
  const { method } = event.requestContext.http;
  const body = Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  const bodiless = method === 'GET' || method === 'HEAD';
  return new Request(url, { method, headers: event.headers, ...(bodiless ? {} : { body }) });
}

/** A web response as the envelope's answer. */
export async function toHttpAnswer(response: Response): Promise<HttpAnswer> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    isBase64Encoded: false,
    body: await response.text(),
  };
}
