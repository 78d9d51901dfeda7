import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

interface Test {
  path: string;
}

const SlowestFirst = require('./slowest-first.cjs') as {
  slowest: string[];
  new (options: object): { sort(tests: Test[]): Test[] };
};
const { slowest } = SlowestFirst;

const root = join(__dirname, '..', '..');
const pathOf = (file: string) => join(root, file);
const context = {
  config: { id: 'none', cacheDirectory: '/none', haste: {} },
  hasteFS: { getSize: () => 1 },
};

it('runs the files known as slow before all others, the slowest first', () => {
  const given = ['test/a.test.ts', ...slowest.toReversed(), 'test/b.test.ts'];
  const sorted = new SlowestFirst({}).sort(given.map((file) => ({ path: pathOf(file), context })));
  expect(sorted.slice(0, slowest.length).map(({ path }) => path)).toEqual(slowest.map(pathOf));
  expect(sorted).toHaveLength(given.length);
});

it('knows as slow only files that are there', () => {
  expect(slowest.filter((file) => !existsSync(pathOf(file)))).toEqual([]);
});
