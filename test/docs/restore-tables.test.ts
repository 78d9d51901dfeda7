import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { sharedKinds } from '../../shared/operations/restore/decide/existing/used-by-original';
import { referenceTable } from '../../shared/operations/restore/transform/reference-table';

const page = readFileSync(join(__dirname, '../../docs/restore.md'), 'utf8');

/** The lines of a table under its heading row, in the order of the page. */
function rowsUnder(heading: string): string[] {
  const lines = page.slice(page.indexOf(heading)).split('\n').slice(2);
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  );
}

it('the page on restores shows every reference that a namespace mapping maps', () => {
  expect(rowsUnder('| in | mapped |')).toEqual(
    referenceTable.map(({ objects, fields }) => `| ${objects} | ${fields} |`),
  );
});

it('the page on restores shows what becomes of each kind that an original and its copy share', () => {
  expect(rowsUnder("| the original's | in a copy |")).toEqual(
    sharedKinds.map(
      ({ objects, adds, because }) => `| ${objects} | ${adds ? '' : 'left alone: '}${because} |`,
    ),
  );
});
