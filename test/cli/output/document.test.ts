import { describe, expect, it } from '@jest/globals';
import { document } from '../../../cli/output/document';
import { outputFormat } from '../../../cli/output/output-format';

const list = {
  items: [
    {
      kind: 'Schedule',
      metadata: { name: 'hourly', labels: { 'a.b/c': 'x' } },
      spec: { clusters: ['a', 'b'] },
    },
    { kind: 'Schedule', metadata: { name: 'daily' }, spec: { clusters: [], paused: true } },
  ],
};

describe('-o', () => {
  it.each<[string, string]>([
    ['name', 'schedule/hourly\nschedule/daily'],
    ['jsonpath={.items[*].metadata.name}', 'hourly daily'],
    ['jsonpath={.items[0].spec.clusters[-1]}', 'b'],
    ['jsonpath={.items[0].spec.clusters}', '["a","b"]'],
    ["jsonpath={.items[0].metadata.labels['a.b/c']}", 'x'],
    ['jsonpath={$.items[1].spec.paused}{"\\n"}end', 'true\nend'],
    ['jsonpath={.items[*].nothing.at.all}', ''],
    ['jsonpath={.items[9].metadata}', ''],
  ])('%s prints what is asked for', async (format, printed) => {
    expect(await document(list, outputFormat(format))).toBe(printed);
  });

  it('name prints the name alone where there is no kind', async () => {
    expect(await document({ name: 'shop-1' }, 'name')).toBe('shop-1');
  });

  it.each([
    'xml',
    'jsonpath={',
    'jsonpath={.a',
    'jsonpath={a}',
    'jsonpath={.a[}',
    'jsonpath={.__proto__..}',
    'jsonpath={"\\x"}',
  ])('refuses %s', (format) => {
    expect(() => outputFormat(format)).toThrow('-o');
  });

  it('reaches nothing that is not in the document itself', async () => {
    expect(await document(list, 'jsonpath={.constructor.name}{.items.length}')).toBe('');
  });
});
