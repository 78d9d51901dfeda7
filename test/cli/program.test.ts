import { execFile } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from '@jest/globals';
import { buildPrograms } from '../harness/built-programs';

const dist = buildPrograms('cli/lifeboat.ts');
afterAll(() => rmSync(dist, { recursive: true }));

it('starts by its own name, as npx and an installed package start it', async () => {
  const program = join(dist, 'cli', 'lifeboat.js');
  // npm does the same to what `bin` names.
  chmodSync(program, 0o755);
  const { stdout } = await promisify(execFile)(program, ['--help']);
  expect(stdout).toContain('Usage: lifeboat');
});
