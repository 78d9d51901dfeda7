import { LifeboatError } from '../errors';

/** Where a bucket is, as a vault's or the state's manifest says it. */
export interface OssLocation {
  /** `cn-hangzhou`; `oss-cn-hangzhou` means the same. */
  region: string;
  bucket: string;
  /** Folder in the bucket, with or without slashes around it. */
  prefix?: string;
  networkType: 'public' | 'internal';
  /** A custom domain or another endpoint of OSS, instead of the region's; the local server's `http://127.0.0.1:PORT`. */
  endpoint?: string;
}

/** A location in the words of ali-oss. */
export interface OssAddress {
  /** With `oss-`: without it ali-oss builds a host that does not exist. */
  region: string;
  bucket: string;
  /** Ends with `/`, or is empty. */
  prefix: string;
  internal: boolean;
  secure: boolean;
  endpoint?: string;
  /** The endpoint is the bucket's own domain. */
  cname: boolean;
}

/** Throws LifeboatError `invalid`, naming the field and the remedy. */
export function resolveLocation(
  location: OssLocation,
  { allowInsecureLoopback = false }: { allowInsecureLoopback?: boolean } = {},
): OssAddress {
  const region = location.region.replace(/^oss-/, '');
  if (!/^[a-z0-9]+(-[a-z0-9]+)+$/.test(region)) {
    throw invalid(`region ${quote(location.region)} is not an OSS region`, 'use an id such as cn-hangzhou');
  }
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(location.bucket)) {
    throw invalid(
      `bucket ${quote(location.bucket)} is not a bucket name`,
      'use 3 to 63 lower-case letters, digits and hyphens',
    );
  }
  const address = {
    region: `oss-${region}`,
    bucket: location.bucket,
    prefix: normalisePrefix(location.prefix ?? ''),
    internal: location.networkType === 'internal',
    secure: true,
    cname: false,
  };
  if (!location.endpoint) return address;
  return { ...address, ...resolveEndpoint(location.endpoint, location.bucket, allowInsecureLoopback) };
}

/** `a/b`, `/a/b/` and `a/b/` all become `a/b/`. */
export function normalisePrefix(prefix: string): string {
  const trimmed = prefix.replace(/^\/+|\/+$/g, '');
  return trimmed === '' ? '' : `${trimmed}/`;
}

function resolveEndpoint(
  endpoint: string,
  bucket: string,
  allowInsecureLoopback: boolean,
): Pick<OssAddress, 'endpoint' | 'secure' | 'cname'> {
  const url = parse(endpoint);
  const loopback = /^(localhost|127(\.\d+){3})$/.test(url.hostname);
  if (url.protocol === 'http:' && !(loopback && allowInsecureLoopback)) {
    throw invalid(
      `endpoint ${quote(endpoint)} is plain HTTP: backups and credentials would travel in clear text`,
      'use https://',
    );
  }
  if (loopback && !allowInsecureLoopback) {
    throw invalid(`endpoint ${quote(endpoint)} is this machine`, 'only the local system may use it');
  }
  const secure = url.protocol === 'https:';
  // Node cannot resolve <bucket>.localhost; with an IP, ali-oss puts the bucket into the Host header instead.
  if (loopback) {
    const host = url.hostname === 'localhost' ? '127.0.0.1' : url.hostname;
    return { endpoint: `${url.protocol}//${host}${url.port ? `:${url.port}` : ''}`, secure, cname: false };
  }
  if (/^[\d.]+$|^\[/.test(url.hostname)) {
    throw invalid(
      `endpoint ${quote(endpoint)} is an IP address`,
      'use the domain that is bound to the bucket',
    );
  }
  const ofOss = url.hostname.endsWith('.aliyuncs.com') && !url.hostname.startsWith(`${bucket}.`);
  return { endpoint: `https://${url.host}`, secure, cname: !ofOss };
}

function parse(endpoint: string): URL {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || !/^[a-z0-9.[\]:-]+$/.test(url.hostname)) {
    throw invalid(`endpoint ${quote(endpoint)} is not a host`, 'use https://backups.example.com');
  }
  // ali-oss drops a path without a word; the bucket's folder is the prefix.
  if (url.pathname !== '/' || url.search || url.hash || url.username || url.password) {
    throw invalid(
      `endpoint ${quote(url.host)} has more than a host`,
      'leave out path, query and credentials',
    );
  }
  return url;
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200));
}

function invalid(message: string, hint: string): LifeboatError {
  return new LifeboatError('invalid', message, { hint });
}
