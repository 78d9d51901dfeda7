import { randomBytes, randomInt } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { crc64 } from '../../../../shared/platform/oss/crc64';
import { ServedProcess } from '../served-process';
import { type SignedClient, tags } from '../signed-client';

/** What a key may hold: what was acknowledged last, and what was under way since. Undefined: no such object. */
interface Expected {
  acknowledged: Buffer | undefined;
  underWay: (Buffer | undefined)[];
}

let served: ServedProcess;
const expected = new Map<string, Expected>();
/** Parts of unfinished uploads that were acknowledged: upload → sizes. */
const uploads = new Map<string, { key: string; sizes: number[] }>();

beforeAll(() => {
  served = new ServedProcess();
});
afterAll(() => served.remove());

async function attempt(
  key: string,
  after: Buffer | undefined,
  write: () => Promise<{ status: number }>,
): Promise<void> {
  const state = expected.get(key)!;
  state.underWay.push(after);
  const { status } = await write();
  expect(status).toBeLessThan(300);
  state.acknowledged = after;
  state.underWay = [];
}

async function putInParts(client: SignedClient, key: string, body: Buffer): Promise<{ status: number }> {
  const id = await client.initiate(key);
  const upload = { key, sizes: [] as number[] };
  uploads.set(id, upload);
  const half = 110 * 1024;
  const parts = [];
  for (const [index, piece] of [body.subarray(0, half), body.subarray(half)].entries()) {
    const { headers } = await client.uploadPart(key, id, index + 1, piece);
    upload.sizes.push(piece.length);
    parts.push({ number: index + 1, etag: headers.etag! });
  }
  uploads.delete(id);
  return client.complete(key, id, parts);
}

/** Changes one key again and again until the connection breaks. */
async function write(client: SignedClient, key: string): Promise<void> {
  for (;;) {
    const body = randomBytes(randomInt(200_000));
    const large = randomBytes(150_000);
    const { acknowledged } = expected.get(key)!;
    const choice = randomInt(5);
    if (choice === 0) await attempt(key, large, () => putInParts(client, key, large));
    else if (choice === 1 && acknowledged) await attempt(key, undefined, () => client.delete(key));
    else await attempt(key, body, () => client.put(key, body));
  }
}

async function check(client: SignedClient): Promise<void> {
  const present: string[] = [];
  for (const [key, state] of expected) {
    const { status, body, headers } = await client.get(key);
    const found = status === 404 ? undefined : body;
    if (found) {
      present.push(key);
      expect(headers['x-oss-hash-crc64ecma']).toBe(crc64(found));
    }
    const allowed = [state.acknowledged, ...state.underWay];
    expect(allowed.some((one) => (one && found ? one.equals(found) : one === found))).toBe(true);
    state.acknowledged = found;
    state.underWay = [];
  }
  expect(tags(await client.list({ 'max-keys': '1000' }), 'Key')).toEqual(present.sort());
  for (const [uploadId, { key, sizes }] of uploads) {
    const listed = tags(await client.get(key, {}, { uploadId }), 'Size').map(Number);
    expect(listed.slice(0, sizes.length)).toEqual(sizes);
    await client.delete(key, { uploadId });
  }
  uploads.clear();
}

describe('a server that is killed', () => {
  it('has after every kill every write that it acknowledged, and each object whole', async () => {
    for (const name of ['a', 'b', 'c', 'd']) expected.set(name, { acknowledged: undefined, underWay: [] });
    for (let round = 0; round < 10; round += 1) {
      const client = await served.start();
      await check(client);
      const writers = [...expected.keys()].map((key) => write(client, key).catch((error: unknown) => error));
      await delay(randomInt(20, 400));
      await served.kill();
      for (const reason of await Promise.all(writers))
        expect(reason).toMatchObject({ code: /ECONN|EPIPE|HPE/ });
    }
    const client = await served.start();
    await check(client);
    for (const key of expected.keys()) await client.delete(key);
    for (const uploadId of tags(await client.list({ uploads: '' }), 'UploadId')) {
      for (const key of expected.keys()) await client.delete(key, { uploadId });
    }
    const bucket = join(served.data, 'buckets', 'foreign');
    expect(await readdir(join(bucket, 'bodies'))).toEqual([]);
    expect(await readdir(join(bucket, 'uploads'))).toEqual([]);
  });
});
