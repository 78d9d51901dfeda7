import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { load } from 'js-yaml';
import { yamlOf } from '../../../../shared/operations/browse/yaml';
import { parseDocument } from '../../../../shared/operations/restore/document/document';

it('is read back as what was written', () => {
  const json = fc
    .jsonValue({ noUnicodeString: false, maxDepth: 4 })
    .map((value) => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), json), (value) => {
      // A number that is not the same as JSON and as YAML is no matter of this.
      expect(JSON.stringify(load(yamlOf(value)))).toBe(JSON.stringify(value));
    }),
  );
});

it('keeps every digit of a number, and quotes text that looks like something else to YAML 1.1', () => {
  const body =
    '{"metadata":{"name":"n"},"spec":{"big":9007199254740993,"float":1.0,"text":"9007199254740993"}}';
  const text = yamlOf(parseDocument(Buffer.from(body), 'n'));
  expect(text).toContain('big: 9007199254740993\n');
  expect(text).toContain('float: 1.0\n');
  expect(text).toContain("text: '9007199254740993'\n");
  expect(yamlOf({ a: 'on', b: 'y', c: '0777', d: '1_000', e: '~' })).toBe(
    "a: 'on'\nb: 'y'\nc: '0777'\nd: '1_000'\ne: '~'\n",
  );
});
