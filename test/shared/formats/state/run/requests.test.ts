import { describe, expect, it } from '@jest/globals';
import type { BackupRequest, RestoreRequest } from '../../../../../shared/formats/manifests/run';
import { createRequest, findRequest } from '../../../../../shared/formats/state/run/requests';
import { FakeClock } from '../../../../harness/fake-clock';
import { MemoryBucket } from '../../../../harness/memory-bucket';

const shop: BackupRequest = {
  kind: 'BackupRequest',
  metadata: { name: 'shop-1' },
  cluster: 'a',
  vault: 'main',
  spec: { includedNamespaces: ['shop'] },
};
const back: RestoreRequest = {
  kind: 'RestoreRequest',
  metadata: { name: 'shop-back' },
  cluster: 'a',
  vault: 'main',
  spec: { backupName: 'shop-1' },
};
const other = { ...shop, spec: { includedNamespaces: ['other'] } };

function setUp() {
  const bucket = new MemoryBucket(new FakeClock());
  return { bucket, state: bucket.store('state/') };
}

describe('a request', () => {
  it('is opened before it is written, so that a crash between the two forgets nothing', async () => {
    const { bucket, state } = setUp();
    bucket.before = (op) => {
      if (op === 'create') throw new Error('killed');
    };
    await expect(createRequest(state, shop)).rejects.toThrow('killed');
    expect(bucket.keys()).toEqual(['state/open/backups/shop-1']);
  });

  it('may be asked for again, which changes nothing', async () => {
    const { state } = setUp();
    expect(await createRequest(state, shop)).toEqual({ created: true });
    expect(await createRequest(state, shop)).toEqual({ created: false, askedAt: expect.any(Date) });
    expect(await createRequest(state, back)).toEqual({ created: true });
  });

  it('does not open a finished run again', async () => {
    const { bucket, state } = setUp();
    await createRequest(state, shop);
    bucket.objects.delete('state/open/backups/shop-1');
    await createRequest(state, shop);
    expect(bucket.keys()).toEqual(['state/runs/backups/shop-1/request.json']);
  });

  it('is refused when its name was used for another, not taken for started already', async () => {
    const { state } = setUp();
    await createRequest(state, shop);
    await expect(createRequest(state, other)).rejects.toMatchObject({
      kind: 'conflict',
      message: expect.stringContaining('"shop-1"'),
    });
    expect(await findRequest(state, { kind: 'backups', name: 'shop-1' })).toMatchObject({
      spec: { includedNamespaces: ['shop'] },
    });
  });

  it('is made by one of two that write different ones at the same moment, and the other is told', async () => {
    const { state } = setUp();
    const answers = await Promise.allSettled([createRequest(state, shop), createRequest(state, other)]);
    expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find((answer) => answer.status === 'rejected')).toMatchObject({
      reason: { kind: 'conflict' },
    });
  });

  it('is made once by two that write the same one at the same moment', async () => {
    const { state } = setUp();
    const answers = await Promise.all([createRequest(state, shop), createRequest(state, shop)]);
    expect(answers.map(({ created }) => created).sort()).toEqual([false, true]);
  });

  it('is the same whatever the order of its fields', async () => {
    const { state } = setUp();
    await createRequest(state, shop);
    const turned = Object.fromEntries(Object.entries(shop).reverse()) as unknown as BackupRequest;
    expect(await createRequest(state, turned)).toEqual({ created: false, askedAt: expect.any(Date) });
  });

  it('with a name that is none, or a field that is none, writes nothing', async () => {
    const { bucket, state } = setUp();
    for (const wrong of [
      { ...shop, metadata: { name: '../vaults/main' } },
      { ...shop, spec: { includedNamespace: ['shop'] } },
      { ...shop, spec: { ...shop.spec, includedNamespaces: ['*', 'shop'] } },
    ]) {
      await expect(createRequest(state, wrong as BackupRequest)).rejects.toMatchObject({ kind: 'invalid' });
    }
    expect(bucket.keys()).toEqual([]);
  });
});
