import { keyAt, openBrace, openBracket, skipSpace, skipValue, visitMembers } from './json-scan';

/** What an answer says of itself. */
export interface AnswerHead {
  kind?: string;
  apiVersion?: string;
  /** `Success` or `Failure`, of a Status. */
  status?: string;
  name?: string;
  namespace?: string;
  uid?: string;
  /** It has `items`: a list, or null, as Go writes an empty one. */
  hasItems: boolean;
}

const quote = 0x22;
const topLevel = new Set(['kind', 'apiVersion', 'status']);
const ofMetadata = new Set(['name', 'namespace', 'uid']);

/** Reads it in one pass over the bytes, without decoding the rest; undefined for what is not one whole JSON object. */
export function answerHead(body: Buffer): AnswerHead | undefined {
  const head: AnswerHead = { hasItems: false };
  const note = (wanted: Set<string>, key: string, start: number, end: number) => {
    if (body[start] !== quote || !wanted.has(key)) return;
    head[key as 'kind'] = keyAt(body, start, end);
  };
  try {
    const start = skipSpace(body, 0);
    if (body[start] !== openBrace) return undefined;
    const end = visitMembers(body, start, (keyStart, keyEnd, valueStart) => {
      const key = keyAt(body, keyStart, keyEnd);
      if (key === 'metadata' && body[valueStart] === openBrace) {
        return visitMembers(body, valueStart, (innerStart, innerEnd, at) => {
          const valueEnd = skipValue(body, at);
          note(ofMetadata, keyAt(body, innerStart, innerEnd), at, valueEnd);
          return valueEnd;
        });
      }
      const valueEnd = skipValue(body, valueStart);
      if (key === 'items') head.hasItems = isItems(body, valueStart, valueEnd);
      else note(topLevel, key, valueStart, valueEnd);
      return valueEnd;
    });
    return skipSpace(body, end) === body.length ? head : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the value of `items` is a list, or null, as Go writes an empty one. */
export function isItems(json: Buffer, start: number, end: number): boolean {
  return json[start] === openBracket || json.toString('latin1', start, end) === 'null';
}
