import { isIP } from 'node:net';
import { OssError } from './oss-error';

/** What a request is about, decoded. */
export interface Address {
  /** Without the port. */
  host: string;
  bucket?: string;
  key?: string;
  /** In the order of the request. */
  query: [string, string][];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new OssError('InvalidObjectName', { message: 'The URL is not percent-encoded UTF-8.' });
  }
}

function parseQuery(text: string): [string, string][] {
  return text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [name, ...value] = pair.split('=');
      return [decode(name!), decode(value.join('='))];
    });
}

/** The endpoint itself, not a bucket below it. ali-oss calls the service of an IP endpoint `undefined.<endpoint>`. */
function isServiceHost(host: string): boolean {
  return /^(undefined\.)?(oss-[a-z0-9-]+|[a-z0-9-]+\.oss)\.aliyuncs\.com$/.test(host);
}

/**
 * Virtual-host addressing: the bucket is the first label of the host. A bare name or an IP address has no room for one:
 * there the first segment of the path is the bucket (the clients' path style). `domains` maps custom domains to buckets.
 */
export function parseAddress(
  hostHeader: string,
  url: string,
  domains: Readonly<Record<string, string>>,
): Address {
  const host = hostHeader
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
  const mark = url.indexOf('?');
  const path = decode((mark < 0 ? url : url.slice(0, mark)).replace(/^\//, ''));
  const query = parseQuery(mark < 0 ? '' : url.slice(mark + 1));
  const named = (bucket: string | undefined, key: string): Address => ({
    host,
    query,
    ...(bucket ? { bucket } : {}),
    ...(bucket && key ? { key } : {}),
  });
  const domain = domains[host];
  if (domain !== undefined) return named(domain, path);
  if (isIP(host) === 0 && host.includes('.') && !isServiceHost(host)) return named(host.split('.')[0], path);
  const slash = path.indexOf('/');
  return slash < 0 ? named(path, '') : named(path.slice(0, slash), path.slice(slash + 1));
}
