import {
  keyAt,
  openBrace,
  openBracket,
  skipSpace,
  skipValue,
  visitElements,
  visitMembers,
} from './json-scan';

/** Names of members and indexes of elements, from the outside in. */
export type JsonPath = readonly (string | number)[];

/** The bytes of the value at a path; undefined where there is none. Of a key that is there twice, the last, as JSON.parse. */
export function jsonAt(json: Buffer, path: JsonPath): Buffer | undefined {
  let start = skipSpace(json, 0);
  for (const step of path) {
    let found: number | undefined;
    if (json[start] === openBrace && typeof step === 'string') {
      visitMembers(json, start, (keyStart, keyEnd, valueStart) => {
        if (keyAt(json, keyStart, keyEnd) === step) found = valueStart;
        return skipValue(json, valueStart);
      });
    } else if (json[start] === openBracket && typeof step === 'number') {
      visitElements(json, start, (index, valueStart) => {
        if (index === step) found = valueStart;
        return skipValue(json, valueStart);
      });
    }
    if (found === undefined) return undefined;
    start = found;
  }
  return json.subarray(start, skipValue(json, start));
}
