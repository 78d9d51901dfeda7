import { describe, expect, it } from '@jest/globals';
import { QuotedValues } from '../../../../../shared/formats/manifests/modifiers/quoted-values';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const values = (...texts: string[]) =>
  new QuotedValues({ data: Object.fromEntries(texts.map((text, at) => [`key-${at}`, base64(text)])) });

describe('the values of a Secret in a text', () => {
  const long = 'correct horse battery staple';
  it.each([
    ['the value', `denied: ${long} is weak`],
    ['its beginning', 'denied: correct h… is weak'],
    ['its middle', 'horse ba'],
    ['its base64', base64(long)],
    ['a part of its base64', base64(long).slice(10, 20)],
    ['its hexadecimal', Buffer.from(long).toString('hex')],
    ['its form in a URL', `/?q=${encodeURIComponent(long)}`],
  ])('are found: %s', (_, text) => {
    expect(values(long).isIn(text)).toBe(true);
  });

  it('are found where JSON escapes them', () => {
    expect(values('a"b\nc').isIn(JSON.stringify({ message: 'a"b\nc' }))).toBe(true);
  });

  it('count as words where they are short: a word of the text alone is no quote of a letter', () => {
    expect(values('abc').isIn('the password "abc" is weak')).toBe(true);
    expect(values('a').isIn('denied by a policy')).toBe(true);
    expect(values('abc').isIn('the abcissa is missing')).toBe(false);
    expect(values('').isIn('the label team is missing')).toBe(false);
  });

  it('are found in stringData and in the last-applied annotation', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
        data: { a: base64('earlier value') },
      }),
    };
    const secret = new QuotedValues({ metadata: { annotations }, stringData: { b: 'plain value' } });
    expect(secret.isIn('was earlier value')).toBe(true);
    expect(secret.isIn('is plain value')).toBe(true);
    expect(secret.isIn('the label team is missing')).toBe(false);
  });

  it('are not found in what begins as every URL does', () => {
    expect(values('https://db.example.com').isIn('Post "https://hook.shop.svc:443": refused')).toBe(false);
  });
});
