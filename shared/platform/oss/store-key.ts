import { LifeboatError } from '../errors';

/** Throws `invalid` unless OSS takes `key` (already with its prefix): 1 to 1,023 bytes, no slash or backslash in front. */
export function checkKey(key: string): void {
  const size = Buffer.byteLength(key);
  if (size < 1 || size > 1023 || /^[/\\]/.test(key) || /\p{Surrogate}/u.test(key)) {
    throw new LifeboatError('invalid', `${JSON.stringify(key.slice(0, 100))} is not a key of an object`, {
      hint: 'use 1 to 1,023 bytes of UTF-8 that do not begin with a slash',
    });
  }
}

/** XML 1.0 cannot carry these, so such a key cannot be named in a request's XML body. */
export function fitsXml(key: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return !/[\u0000-\u001f\ufffe\uffff]/.test(key);
}
