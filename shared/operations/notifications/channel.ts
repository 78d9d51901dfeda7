import type { Notice } from '../../formats/state/notices';

/** Where a channel sends, and with what it signs. Secret. */
export interface Target {
  url: string;
  secret?: string;
}

/** A request as it goes out. The URL and the headers hold secrets. */
interface OutgoingCall {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** One kind of receiver. */
export interface Channel {
  /** The only hosts that such a URL may have; undefined for any on the Internet. */
  hosts?: readonly string[];
  /** What path and query of such a URL hold: without it nobody is told. */
  holdsToken?: RegExp;
  /** Whether it signs: `required`, or with a secret if there is one; undefined where the receiver knows no signature. */
  secret?: 'required' | 'optional';
  call(notice: Notice, target: Target, now: Date): OutgoingCall;
  /** Undefined when the receiver took it, else what it said in a few words, with nothing of what was sent. */
  refusal(status: number, body: string): string | undefined;
}

export const json = { 'content-type': 'application/json; charset=utf-8' };

/** For receivers that answer 200 and tell the outcome as a number in the body. */
export function refusalByCode(status: number, body: string, ...fields: string[]): string | undefined {
  if (status < 200 || status > 299) return `status ${status}`;
  try {
    const answer = JSON.parse(body) as Record<string, unknown>;
    const code = fields.map((field) => answer[field]).find((value) => value !== undefined);
    if (code === 0) return undefined;
    return typeof code === 'number' ? `code ${code}` : 'an answer without a code';
  } catch {
    return 'an answer that is no JSON';
  }
}

/** The text of a notice in at most so many bytes of UTF-8. */
export function fitted(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const cut = Buffer.from(text).subarray(0, maxBytes - 3);
  // A character that was cut in two decodes to U+FFFD.
  return `${cut.toString('utf8').replace(/\uFFFD+$/, '')}…`;
}
