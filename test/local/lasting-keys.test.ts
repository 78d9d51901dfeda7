import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { lastingKeys } from '../../local/lasting-keys';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lifeboat-keys-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the keys of a machine', () => {
  it('are made at the first start, the one that signs among them, and are the same at every other', async () => {
    const keys = await lastingKeys(directory);
    expect(Buffer.from(keys.signingKey, 'base64')).toHaveLength(32);
    expect(keys.signingKey).not.toBe(keys.sealKey);
    expect(await lastingKeys(directory)).toEqual(keys);
    expect(statSync(join(directory, 'keys.json')).mode & 0o777).toBe(0o600);
  });

  it('of a start before backups were signed stay, and the one that was not there yet comes to stay', async () => {
    const { signingKey: _, ...earlier } = await lastingKeys(directory);
    writeFileSync(join(directory, 'keys.json'), JSON.stringify(earlier));
    const keys = await lastingKeys(directory);
    expect(keys).toMatchObject(earlier);
    expect(await lastingKeys(directory)).toEqual(keys);
    expect(JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8'))).toEqual(keys);
  });
});
