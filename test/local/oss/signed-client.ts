import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import {
  canonicalRequestV4,
  encodeRfc3986,
  signV4,
  stringToSignV4,
} from '../../../local/oss/signature/signature-v4';
import type { OssCredentials, OssServer } from '../../../local/oss/server';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** `body` as text. */
  text: string;
}

export interface Call {
  method: string;
  bucket?: string;
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Buffer | string;
}

export interface SignedClientOptions {
  server: Pick<OssServer, 'port'>;
  credentials?: OssCredentials;
  bucket?: string;
  region?: string;
  /** Of the signature. */
  now?: () => Date;
}

/** Sends single requests, signed with V4, addressed by virtual host, and returns whatever comes back. */
export class SignedClient {
  constructor(private readonly options: SignedClientOptions) {}

  async send(call: Call): Promise<Answer> {
    const { server, region = 'cn-hangzhou' } = this.options;
    const credentials = this.options.credentials ?? { accessKeyId: 'id', accessKeySecret: 'secret' };
    const bucket = call.bucket ?? this.options.bucket ?? 'bkt';
    const query = Object.entries(call.query ?? {});
    const dateTime = (this.options.now?.() ?? new Date()).toISOString().replace(/[-:]|\.\d+/g, '');
    const scope = { day: dateTime.slice(0, 8), region };
    const headers: Record<string, string> = {
      ...call.headers,
      'x-oss-date': dateTime,
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
      ...(credentials.securityToken ? { 'x-oss-security-token': credentials.securityToken } : {}),
    };
    const signed = { method: call.method, bucket: bucket || undefined, key: call.key, query, headers };
    const stringToSign = stringToSignV4(canonicalRequestV4(signed), dateTime, scope);
    const signature = signV4(credentials.accessKeySecret, stringToSign, scope);
    const credential = `${credentials.accessKeyId}/${scope.day}/${region}/oss/aliyun_v4_request`;
    const search = query.map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`).join('&');
    return exchange({
      port: server.port,
      method: call.method,
      path: `/${encodeRfc3986(call.key ?? '').replaceAll('%2F', '/')}${search ? `?${search}` : ''}`,
      headers: {
        ...headers,
        host: bucket ? `${bucket}.oss-${region}.aliyuncs.com` : `oss-${region}.aliyuncs.com`,
        authorization: `OSS4-HMAC-SHA256 Credential=${credential},Signature=${signature}`,
      },
      body: call.body === undefined ? undefined : Buffer.from(call.body as Buffer),
    });
  }

  put(key: string, body: Buffer | string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send({ method: 'PUT', key, body, headers });
  }

  get(
    key: string,
    headers: Record<string, string> = {},
    query: Record<string, string> = {},
  ): Promise<Answer> {
    return this.send({ method: 'GET', key, headers, query });
  }

  head(key: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send({ method: 'HEAD', key, headers });
  }

  delete(key: string, query: Record<string, string> = {}): Promise<Answer> {
    return this.send({ method: 'DELETE', key, query });
  }

  list(query: Record<string, string> = {}): Promise<Answer> {
    return this.send({ method: 'GET', query });
  }

  /** Starts an upload and returns its id. */
  async initiate(key: string, headers: Record<string, string> = {}): Promise<string> {
    return tag(
      await this.send({ method: 'POST', key, query: { uploads: '' }, headers, body: '' }),
      'UploadId',
    )!;
  }

  uploadPart(key: string, uploadId: string, partNumber: number, body: Buffer): Promise<Answer> {
    return this.send({ method: 'PUT', key, query: { partNumber: String(partNumber), uploadId }, body });
  }

  complete(
    key: string,
    uploadId: string,
    parts: readonly { number: number; etag: string }[],
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const list = parts
      .map(({ number, etag }) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag></Part>`)
      .join('');
    const body = `<CompleteMultipartUpload>${list}</CompleteMultipartUpload>`;
    return this.send({ method: 'POST', key, query: { uploadId }, body, headers });
  }
}

/** One request on a connection of its own. Rejects when the connection breaks before the end of the answer. */
export async function exchange(call: {
  port: number;
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port, method, path, headers, body } = call;
    const length = body ? { 'content-length': String(body.length) } : {};
    const sent = httpRequest(
      { host: '127.0.0.1', port, method, path, headers: { ...length, ...headers }, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const content = Buffer.concat(chunks);
          resolve({
            status: response.statusCode!,
            headers: response.headers,
            body: content,
            text: content.toString('utf8'),
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The text of the first element of that name. */
export function tag({ text }: { text: string }, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
}

/** The texts of all elements of that name. */
export function tags({ text }: { text: string }, name: string): string[] {
  return [...text.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, value]) => value!);
}

/** `status code` of a refusal, also of one to HEAD. */
export function refusal(answer: Answer): string {
  const hidden = answer.headers['x-oss-err'];
  const text = hidden === undefined ? answer.text : Buffer.from(String(hidden), 'base64').toString('utf8');
  return `${answer.status} ${tag({ text }, 'Code')}`;
}
