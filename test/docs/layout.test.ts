import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const root = join(__dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');
const layout = page.slice(page.indexOf('## Layout of the repository'), page.indexOf('**A restore** is'));
/** Folders of test/ that mirror a folder of the product. */
const mirrors = ['cli', 'functions', 'local', 'shared'];

it.each(['shared', 'shared/operations', 'shared/formats', 'shared/platform', 'test'])(
  'the layout in docs/architecture.md names each folder of %s',
  (folder) => {
    const folders = readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    const missing = folders.filter((name) => !mirrors.includes(name) && !layout.includes(`${name}/`));
    expect(missing).toEqual([]);
  },
);
