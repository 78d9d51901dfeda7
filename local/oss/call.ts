import { createHash } from 'node:crypto';
import type { Clock } from '../../shared/platform/clock';
import type { ObjectEvent } from './events';
import { OssError } from './oss-error';
import type { NeededRight } from './policy/needed-rights';
import type { Bucket } from './storage/bucket';
import type { Storage } from './storage/storage';
import { type Markup, parseXml, xmlDocument } from './xml';

/** One request on its way to a route: addressed, matched, authenticated. */
export interface Call {
  readonly operation: string;
  readonly method: string;
  readonly host: string;
  readonly bucketName?: string;
  readonly key?: string;
  readonly query: ReadonlyMap<string, string>;
  /** Lower-case names, UTF-8 values. */
  readonly headers: Readonly<Record<string, string>>;
  readonly region: string;
  readonly endpoint: string;
  readonly storage: Storage;
  readonly clock: Clock;
  /** For rights that only the body names. Throws AccessDenied. */
  permit(rights: readonly NeededRight[]): void;
  /** The body of the request, once. */
  body(): AsyncIterable<Buffer>;
  /** Everything that changes what is stored happens in here: faults before and after the commit gather around it. */
  commit<T>(work: () => Promise<T>): Promise<T>;
  /** Published when the request is over, whether or not its answer arrives. */
  emit(event: ObjectEvent): void;
}

export interface Reply {
  status: number;
  headers?: Record<string, string | number | undefined>;
  /** A stream needs its length. */
  body?: string | { stream: AsyncIterable<Buffer>; length: number };
}

export type Handler = (call: Call) => Promise<Reply>;

/** 200 with an XML document. */
export function xmlReply(root: Markup, headers: Reply['headers'] = {}): Reply {
  return { status: 200, headers: { ...headers, 'Content-Type': 'application/xml' }, body: xmlDocument(root) };
}

/** The bucket that the request is addressed to. Throws OssError NoSuchBucket. */
export function bucketOf(call: Call): Bucket {
  return bucketNamed(call, call.bucketName!);
}

/** Another bucket, such as a copy's source. Throws OssError NoSuchBucket. */
export function bucketNamed(call: Call, name: string): Bucket {
  const bucket = call.storage.bucket(name);
  if (!bucket) throw new OssError('NoSuchBucket', { elements: { BucketName: name } });
  return bucket;
}

/** Now as OSS keeps it: whole seconds. Clients refuse other fractions than `.000`. */
export function timestamp({ clock }: { clock: Clock }): string {
  return new Date(Math.floor(clock.now().getTime() / 1000) * 1000).toISOString();
}

const maximumXmlBytes = 8 * 1024 * 1024;

/** The body as parsed XML below its root element, its Content-MD5 verified. Throws MalformedXML. */
export async function xmlBody(call: Call, root: string): Promise<Record<string, unknown>> {
  const content = parseXml(await textBody(call))?.[root];
  if (content === '') return {};
  if (typeof content !== 'object' || content === null) throw new OssError('MalformedXML');
  return content as Record<string, unknown>;
}

/** The body of a request as text, of a document's length at the most. Throws OssError EntityTooLarge, InvalidDigest. */
export async function textBody(call: Call): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of call.body()) {
    size += chunk.length;
    if (size > maximumXmlBytes) throw new OssError('EntityTooLarge');
    chunks.push(chunk);
  }
  const body = Buffer.concat(chunks);
  checkContentMd5(call, createHash('md5').update(body).digest('hex'));
  return body.toString('utf8');
}

/** `md5` in hex. */
export function checkContentMd5(call: Call, md5: string): void {
  const given = call.headers['content-md5'];
  if (given === undefined) return;
  if (Buffer.from(given, 'base64').toString('hex') === md5.toLowerCase()) return;
  throw new OssError('InvalidDigest', { elements: { ContentMD5: given } });
}

/** A whole number of the query within bounds; `fallback` where the parameter is absent or empty. */
export function integerParameter(
  call: Call,
  name: string,
  fallback: number,
  minimum: number,
  maximum: number,
) {
  const text = call.query.get(name);
  if (text === undefined || text === '') return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= minimum && value <= maximum)) {
    throw new OssError('InvalidArgument', { elements: { ArgumentName: name, ArgumentValue: text } });
  }
  return value;
}
