import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { LifeboatError } from '../../../platform/errors';
import { ExactNumber, exactNumberMark as mark } from '../../../platform/input/exact-number';
import { isMap } from '../../../platform/input/is-map';

/** Matches what `ExactNumber` becomes in JSON. */
const markedNumber = /"\\u0000exact-number:([-+.0-9eE]+)"/g;

/** Whether there may be such a number at all; strings may match too, which only costs the closer look. */
const suspicious = /[:[,]\s*(?:-?\d{16,}|-?\d+[.eE]|-0)/;
const numberAt = /-?\d[\d.eE+-]*/y;

/** Parses an object without losing a digit. Throws LifeboatError `corrupt` when it is not a JSON object with metadata. */
export function parseDocument(body: Buffer, name: string): KubeObject {
  const text = body.toString('utf8');
  let document: unknown;
  try {
    document = suspicious.test(text) ? parseExactly(text) : JSON.parse(text);
  } catch {
    // The parser's own error quotes the document, which may be a Secret.
    throw new LifeboatError('corrupt', `${name} is not JSON`);
  }
  if (!isMap(document) || !isMap(document.metadata) || typeof document.metadata.name !== 'string') {
    throw new LifeboatError('corrupt', `${name} is not a Kubernetes object`);
  }
  return document as unknown as KubeObject;
}

/** Compact JSON; exact numbers as they came. */
export function serializeDocument(document: unknown): string {
  const text = JSON.stringify(document);
  return text.includes('\\u0000exact-number:') ? text.replace(markedNumber, '$1') : text;
}

/** A copy that shares nothing with the document. */
export function copyDocument<T>(document: T): T {
  if (Array.isArray(document)) return document.map(copyDocument) as T;
  if (!isMap(document)) return document;
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, copyDocument(value)])) as T;
}

function parseExactly(text: string): unknown {
  const marked = markNumbers(text);
  if (marked === text) return JSON.parse(text);
  return JSON.parse(marked, (_key, value) =>
    typeof value === 'string' && value.startsWith(mark) ? new ExactNumber(value.slice(mark.length)) : value,
  );
}

/** Turns each number that would not come back as written into a marked string. */
function markNumbers(text: string): string {
  let result = '';
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      numberAt.lastIndex = at;
      const number = numberAt.exec(text)?.[0] ?? text[at]!;
      if (String(Number(number)) !== number && !Number.isNaN(Number(number))) {
        result += `${text.slice(copied, at)}${JSON.stringify(mark + number)}`;
        copied = at + number.length;
      }
      at += number.length;
    } else {
      at++;
    }
  }
  return copied === 0 ? text : result + text.slice(copied);
}

/** The index behind the closing quote of the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = text.indexOf('"', at + 1);
    if (at < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(at - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
}
