import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readTextFile } from '../../cli/text-file';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lifeboat-text-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the text of a file', () => {
  const text = 'kind: Config # ä';
  const littleEndian = Buffer.from(`\uFEFF${text}`, 'utf16le');
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-16 as PowerShell writes it', littleEndian],
    ['UTF-16, the other way round', Buffer.from(littleEndian).swap16()],
  ])('is read in %s', async (name, bytes) => {
    const file = join(folder, name.replace(/\W/g, ''));
    await writeFile(file, bytes);
    expect(await readTextFile(file)).toBe(text);
  });
});
