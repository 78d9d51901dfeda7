import { beforeEach, describe, expect, it } from '@jest/globals';
import { LifeboatError } from '../../../../shared/platform/errors';
import { copyBackup } from '../../../../shared/operations/copy/copy-backup';
import { readOrigin } from '../../../../shared/operations/copy/copy-origin';
import { deleteBackup } from '../deletion/decided-deletion';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { type BucketKind, MemoryBucket } from '../../../harness/memory-bucket';
import { commitOne } from '../retention/committed-backup';
import { contentOf, leaseOf, workOf } from '../../formats/vault/copying';

const keys = backupKeys('shop-1');
const bigArchive = 9 << 20;

let state: MemoryBucket;
let near: MemoryBucket;
let far: MemoryBucket;
let deletedFrom: 'from' | 'to' | undefined;

async function setUp(kind: BucketKind = 'plain', archiveSize?: number) {
  deletedFrom = undefined;
  state = new MemoryBucket();
  near = new MemoryBucket('plain', 'near');
  far = new MemoryBucket(kind, 'far');
  await commitOne({ vault: near.store(), state: state.store() }, 'shop-1', { archiveSize });
}
const work = (more: Parameters<typeof workOf>[1] = {}) =>
  workOf(
    { from: near.store(), to: far.store(), run: state.store('runs/copies/shop-1/') },
    { isDeleted: async (side) => side === deletedFrom, ...more },
  );

describe('a copy of a backup', () => {
  beforeEach(() => setUp());

  it('has every object, byte for byte, and says where it came from', async () => {
    const { objects, bytes, found } = await copyBackup(work());
    const copied = await contentOf(far.store());
    expect(await readOrigin(far.store(), 'shop-1')).toMatchObject({
      backup: 'shop-1',
      installation: 'i1',
      from: { vault: 'main', region: 'cn-hangzhou', bucket: 'near', prefix: 'team/' },
    });
    copied.delete(keys.origin);
    const source = await contentOf(near.store());
    expect(copied).toEqual(source);
    expect({ objects, found }).toEqual({ objects: source.size, found: 0 });
    expect(bytes).toBe([...source.values()].reduce((sum, text) => sum + Number(text.split(' ')[0]), 0));
  });

  it('is known to the state before it shows, and changes nothing when it is made again', async () => {
    const order: string[] = [];
    far.onWrite = (key) => order.push(key);
    await copyBackup(
      work({ beforeVisible: async (manifest) => void order.push(`noted ${manifest.length}`) }),
    );
    expect(order.slice(-2)).toEqual(['noted 64', keys.manifest]);
    const before = await contentOf(far.store());
    const { objects, found } = await copyBackup(work({ lease: leaseOf(2) }));
    expect(found).toBe(objects);
    expect(await contentOf(far.store())).toEqual(before);
    for (const bodies of far.history.values()) expect(bodies.size).toBe(1);
  });

  it('is made of Velero’s backups too, with all that lies in their directory', async () => {
    const from = new MemoryBucket('plain', 'near').store();
    const manifest = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name: 'shop-1' } };
    const velero = { ...manifest, status: { phase: 'PartiallyFailed' } };
    await from.put(keys.manifest, Buffer.from(JSON.stringify(velero)));
    await from.put(keys.archive, Buffer.from('an archive'));
    await from.put(`${keys.directory}shop-1-of-tomorrow.gz`, Buffer.from('a file of a later Velero'));
    await copyBackup(work({ from }));
    const copied = await contentOf(far.store());
    copied.delete(keys.origin);
    expect(copied).toEqual(await contentOf(from));
  });

  it.each<[string, () => Promise<unknown>, object]>([
    ['a backup that is not there', () => near.store().delete([keys.manifest]), { kind: 'not-found' }],
    [
      'an archive of other bytes',
      async () => {
        const { body } = await near.store().get(keys.archive);
        await near.store().put(keys.archive, Buffer.alloc(body.length));
      },
      { kind: 'corrupt', message: expect.stringContaining('shop-1.tar.gz has another SHA-256') },
    ],
    [
      'an object that is missing',
      () => near.store().delete([keys.archive]),
      { kind: 'corrupt', message: expect.stringContaining('shop-1.tar.gz is missing') },
    ],
    [
      'a catalogue that is not the one that was written',
      () => near.store().put(keys.catalogue, Buffer.from('x')),
      { kind: 'corrupt', message: expect.stringContaining('shop-1-lifeboat.json.gz has another SHA-256') },
    ],
    [
      'a manifest that somebody changed',
      async () => {
        const { body } = await near.store().get(keys.manifest);
        const changed = body.toString().replace('"Completed"', '"PartiallyFailed"');
        await near.store().put(keys.manifest, Buffer.from(changed));
      },
      { kind: 'corrupt', message: expect.stringContaining('velero-backup.json is not what was written') },
    ],
    [
      'a backup that is being deleted',
      async () => {
        deletedFrom = 'from';
      },
      { kind: 'conflict', message: expect.stringContaining('is being deleted') },
    ],
    [
      'a vault that deletes a backup of the name',
      async () => {
        deletedFrom = 'to';
      },
      { kind: 'conflict', message: expect.stringContaining('is being deleted') },
    ],
    [
      'a vault with another archive under the name',
      () => far.store().put(keys.archive, Buffer.from('another')),
      { kind: 'conflict', message: expect.stringContaining('is there already, with other bytes') },
    ],
    [
      'a vault with another backup under the name',
      () => far.store().put(keys.manifest, Buffer.from('{}')),
      { kind: 'conflict', message: expect.stringContaining('velero-backup.json is there already') },
    ],
  ])('is refused for %s, and does not show', async (_, spoil, error) => {
    await spoil();
    const before = (await far.store().head(keys.manifest))?.etag;
    await expect(copyBackup(work())).rejects.toMatchObject(error);
    expect((await far.store().head(keys.manifest))?.etag).toBe(before);
    for (const bodies of far.history.values()) expect(bodies.size).toBe(1);
  });

  it('can be made anew when the earlier one is deleted and gone', async () => {
    await copyBackup(work());
    await deleteBackup({ vault: far.store(), vaultName: 'far', state: state.store() }, 'shop-1', {
      immediately: true,
    });
    await copyBackup(work({ run: state.store('runs/copies/shop-1-2/') }));
    expect((await contentOf(far.store())).get(keys.archive)).toEqual(
      (await contentOf(near.store())).get(keys.archive),
    );
  });
});

describe.each<BucketKind>(['plain', 'worm'])('a copy into a %s bucket', (kind) => {
  it('that dies at any of its requests shows nothing that is not whole, and is finished by the next attempt', async () => {
    // One part is enough for every kind of request.
    await setUp(kind, 5 << 20);
    const whole = await contentOf(near.store());
    let steps = Number.POSITIVE_INFINITY;
    for (let dieAt = 1; dieAt <= steps; dieAt += 1) {
      far = new MemoryBucket(kind, 'far');
      deletedFrom = undefined;
      state = new MemoryBucket();
      let step = 0;
      const die = () => {
        step += 1;
        if (step === dieAt) throw new LifeboatError('unavailable', 'the worker died');
      };
      far.before = die;
      far.onWrite = (key) => {
        if (key !== keys.manifest) return;
        for (const each of whole.keys()) expect(far.objects.has(each)).toBe(true);
      };
      const outcome = await copyBackup(work()).then(
        () => 'done',
        (error) => (error as Error).message,
      );
      if (outcome === 'done') steps = step;
      far.before = () => {};
      await copyBackup(work({ lease: leaseOf(2) }));
      const copied = await contentOf(far.store());
      copied.delete(keys.origin);
      expect(copied).toEqual(whole);
      for (const bodies of far.history.values()) expect(bodies.size).toBe(1);
    }
    expect(steps).toBeGreaterThan(12);
    expect(steps).toBeLessThan(50);
  });
});

describe('an archive of several parts', () => {
  it('is gone on with where the attempt before stopped: its parts are not sent again', async () => {
    await setUp('plain', bigArchive);
    const count = () => [...far.uploads.values()].reduce((sum, { parts: held }) => sum + held.size, 0);
    far.before = (operation) => {
      if (operation !== 'upload' || count() < 1) return;
      throw new LifeboatError('unavailable', 'no answer');
    };
    await expect(copyBackup(work())).rejects.toMatchObject({ kind: 'unavailable' });
    expect(count()).toBe(1);
    const sent: number[] = [];
    far.before = () => {};
    const to = far.store();
    const resume = to.resumeUpload.bind(to);
    to.resumeUpload = (key, id) => {
      const upload = resume(key, id);
      return {
        ...upload,
        part: (number, body) => {
          sent.push(number);
          return upload.part(number, body);
        },
      };
    };
    await copyBackup(work({ to, lease: leaseOf(2) }));
    expect(sent).toEqual([2]);
    expect(far.uploads.size).toBe(0);
  });
});
