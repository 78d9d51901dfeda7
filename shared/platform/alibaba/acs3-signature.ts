import { createHmac } from 'node:crypto';
import { sha256Hex } from '../sha256';

/** What Alibaba Cloud's OpenAPI wants signed: one call without a body, its parameters in the query. */
export interface SignedCall {
  host: string;
  /** Default POST, as the APIs of RPC style take it. */
  method?: 'GET' | 'POST';
  /** Of an API of ROA style: `/k8s/c1/user_config`, of unreserved characters; default `/`. */
  path?: string;
  /** `AssumeRole`. */
  action: string;
  /** Of the API: `2015-04-01`. */
  version: string;
  parameters: Record<string, string>;
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
  at: Date;
  /** Never used twice. */
  nonce: string;
}

const algorithm = 'ACS3-HMAC-SHA256';

/**
 * The headers of a call, `authorization` among them, and its query. Signature version 3 of the documentation ("V3 request
 * structure and signature"): every header that is sent is signed, the payload is empty.
 */
export function signCall(call: SignedCall): { query: string; headers: Record<string, string> } {
  const query = Object.entries(call.parameters)
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  const payload = sha256Hex('');
  const headers: Record<string, string> = {
    host: call.host,
    'x-acs-action': call.action,
    'x-acs-content-sha256': payload,
    'x-acs-date': `${call.at.toISOString().slice(0, 19)}Z`,
    ...(call.securityToken && { 'x-acs-security-token': call.securityToken }),
    'x-acs-signature-nonce': call.nonce,
    'x-acs-version': call.version,
  };
  const names = Object.keys(headers).sort();
  const canonicalHeaders = names.map((name) => `${name}:${headers[name]!.trim()}\n`).join('');
  const signedHeaders = names.join(';');
  const { method = 'POST', path = '/' } = call;
  const canonicalRequest = [method, path, query, canonicalHeaders, signedHeaders, payload].join('\n');
  const stringToSign = `${algorithm}\n${sha256Hex(canonicalRequest)}`;
  const signature = createHmac('sha256', call.accessKeySecret).update(stringToSign).digest('hex');
  headers.authorization = `${algorithm} Credential=${call.accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`;
  return { query, headers };
}

/** RFC 3986: encodeURIComponent leaves four characters more as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
