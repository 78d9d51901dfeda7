import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from '@jest/globals';
import { startOssServer } from '../../local/oss/server';
import { openOssStore } from '../../shared/platform/oss/oss-store';
import { systemClock, systemRandom } from '../../shared/platform/system';
import { objectStoreContract } from './object-store';

const deps = { clock: systemClock, random: systemRandom };

objectStoreContract('the embedded OSS server', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lifeboat-contract-'));
  const credentials = { accessKeyId: 'contract', accessKeySecret: 'contract-secret' };
  const server = await startOssServer({
    directory,
    credentials: [credentials],
    buckets: [{ name: 'contract' }],
  });
  const store = openOssStore(
    {
      region: 'cn-hangzhou',
      bucket: 'contract',
      prefix: 'tests',
      networkType: 'public',
      endpoint: server.endpoint,
    },
    { credentials: async () => credentials, allowInsecureLoopback: true },
    deps,
  );
  return {
    store,
    close: async () => {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
});

const { OSS_TEST_REGION, OSS_TEST_BUCKET, OSS_TEST_ACCESS_KEY_ID, OSS_TEST_ACCESS_KEY_SECRET } = process.env;

if (OSS_TEST_REGION && OSS_TEST_BUCKET && OSS_TEST_ACCESS_KEY_ID && OSS_TEST_ACCESS_KEY_SECRET) {
  objectStoreContract(`the bucket ${OSS_TEST_BUCKET}`, async () => {
    const store = openOssStore(
      {
        region: OSS_TEST_REGION,
        bucket: OSS_TEST_BUCKET,
        prefix: `${process.env.OSS_TEST_PREFIX ?? 'lifeboat-tests'}/${randomBytes(8).toString('hex')}`,
        networkType: 'public',
        endpoint: process.env.OSS_TEST_ENDPOINT || undefined,
      },
      {
        credentials: async () => ({
          accessKeyId: OSS_TEST_ACCESS_KEY_ID,
          accessKeySecret: OSS_TEST_ACCESS_KEY_SECRET,
          securityToken: process.env.OSS_TEST_SECURITY_TOKEN || undefined,
        }),
      },
      deps,
    );
    return {
      store,
      close: async () => {
        for await (const page of store.list('')) await store.delete(page.objects.map(({ key }) => key));
        for await (const { key, id } of store.uploads('')) await store.resumeUpload(key, id).abort();
      },
    };
  });
} else {
  it.skip('the ObjectStore contract over a real bucket: OSS_TEST_REGION, OSS_TEST_BUCKET, OSS_TEST_ACCESS_KEY_ID and OSS_TEST_ACCESS_KEY_SECRET are not all set', () => {});
}
