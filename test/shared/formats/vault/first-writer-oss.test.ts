import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type OssServer, startOssServer } from '../../../../local/oss/server';
import { openOssStore } from '../../../../shared/platform/oss/oss-store';
import type { ObjectStore } from '../../../../shared/platform/oss/port';
import { systemClock, systemRandom } from '../../../../shared/platform/system';
import { assertFirst } from '../../../../shared/formats/vault/commit/first-writer';
import { backupKeys } from '../../../../shared/formats/vault/layout';

const credentials = { accessKeyId: 'person', accessKeySecret: 'person-secret' };
const directory = mkdtempSync(join(tmpdir(), 'lifeboat-versions-'));
let server: OssServer;
let vault: ObjectStore;

beforeAll(async () => {
  server = await startOssServer({
    directory,
    region: 'cn-hangzhou',
    credentials: [credentials],
    buckets: [{ name: 'versioned', versioning: 'Enabled' }],
  });
  vault = openOssStore(
    {
      region: 'cn-hangzhou',
      bucket: 'versioned',
      prefix: 'team',
      networkType: 'public',
      endpoint: server.endpoint,
    },
    { credentials: async () => credentials, allowInsecureLoopback: true },
    { clock: systemClock, random: systemRandom },
  );
});
afterAll(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

const writer = (installation: string) => ({ installation, keepsVersions: true });
const [a, b] = [writer('a'.repeat(32)), writer('b'.repeat(32))];

describe('who writes a name first, through ali-oss in a versioned bucket', () => {
  it('goes on, may come again, and the other is told which installation it was', async () => {
    const place = (manifest: string) => ({ vault, name: 'shop-1', manifest });
    await assertFirst(a, place('1'));
    await expect(assertFirst(b, place('2'))).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining(`installation ${a.installation}`),
    });
    await assertFirst(a, place('1'));
    expect(await vault.versions(backupKeys('shop-1').writer)).toHaveLength(3);
  });

  it('is one of ten that come at once', async () => {
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) =>
        assertFirst(writer(String(index).repeat(32)), { vault, name: 'shop-2', manifest: String(index) }),
      ),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is another once the backup was deleted', async () => {
    const place = (manifest: string) => ({ vault, name: 'shop-3', manifest });
    await assertFirst(a, place('1'));
    await vault.delete([backupKeys('shop-3').writer]);
    // OSS dates deletions and versions to the second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await assertFirst(b, place('2'));
    await expect(assertFirst(a, place('1'))).rejects.toMatchObject({ kind: 'conflict' });
  });
});
