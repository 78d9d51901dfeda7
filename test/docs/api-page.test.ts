import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { apiPage } from './api-page';

const file = join(__dirname, '..', '..', 'docs', 'api.md');

describe('docs/api.md', () => {
  it('is what the document says (`npm run docs:api` writes it anew)', () => {
    if (process.env.LIFEBOAT_WRITE_DOCS === '1') writeFileSync(file, apiPage());
    expect(readFileSync(file, 'utf8')).toBe(apiPage());
  });
});
