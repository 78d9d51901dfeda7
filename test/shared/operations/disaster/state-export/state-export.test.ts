import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { silentLog } from '../../../../../shared/platform/log/log';
import { openRecoveryBox } from '../../../../../shared/operations/disaster/recovery/recovery-box';
import { jsonBytes } from '../../../../../shared/formats/state/json-object';
import { vaults } from '../../../../../shared/formats/state/manifests/vaults';
import { openState } from '../../../../../shared/formats/state/state';
import { collectState } from '../../../../../shared/operations/disaster/state-export/collect-state';
import type { ReadExport } from '../../../../../shared/operations/disaster/state-export/export-file';
import {
  assertSignedBy,
  chooseExport,
  listExports,
  readExport,
} from '../../../../../shared/operations/disaster/state-export/exports';
import { stateFolders } from '../../../../../shared/operations/disaster/state-export/state-folders';
import {
  exportTo,
  type ExportWork,
} from '../../../../../shared/operations/disaster/state-export/write-export';
import { seedSigner } from '../../../../../shared/formats/vault/proof/signer';
import { type BucketKind, MemoryBucket } from '../../../../harness/memory-bucket';
import { fillState, installation, kubeconfigText, pair, stateObjects } from './an-exporting-state';

const day = '2026-11-23';
const id = { installation, day };
const key = `metadata/lifeboat/state/${installation}/${day}.json.gz`;
const signer = seedSigner(Buffer.alloc(32, 7).toString('base64'));

let state: ReturnType<MemoryBucket['store']>;

beforeEach(async () => {
  state = new MemoryBucket().store('state/');
  await fillState(state);
});

async function exportInto(bucket: MemoryBucket, more: Partial<ExportWork> = {}) {
  const vault = await vaults(state).get('main');
  const work = { installation, day, collect: () => collectState(state), log: silentLog, ...more };
  return exportTo(bucket.store('team/'), vault, work);
}

describe('the export of a state', () => {
  it('holds what people made, nothing of runs, and of secrets only what the private half opens', async () => {
    const bucket = new MemoryBucket();
    await exportInto(bucket);
    const { content } = await readExport(bucket.store('team/'), id);
    expect(Object.keys(content.objects)).toEqual([
      'clusters/a.json',
      'clusters/b.json',
      'holds/main/shop-1.json',
      'replications/standby.json',
      'schedules/nightly.json',
      'vaults/main.json',
    ]);
    expect(content.objects['schedules/nightly.json']).toEqual(stateObjects['schedules/nightly.json']);
    const [sealed] = content.sealed;
    const place = { installation, key: 'clusters/a.json', path: 'spec.sealedKubeconfig' };
    expect(openRecoveryBox(sealed!.box, place, pair.privateKey)).toBe(kubeconfigText);
    expect(content.leftOut).toEqual([
      { key: 'clusters/b.json', path: 'spec.sealedKubeconfig', reason: expect.stringContaining('reseal') },
    ]);
    const whole = gunzipSync(bucket.objects.get(`team/${key}`)!.body).toString();
    for (const secret of ['sealed-under-the-seal-key', 'token-of-an-admin', 'sealedKubeconfig":']) {
      expect(whole).not.toContain(secret);
    }
  });

  it('holds the newest revision of a manifest, under its name alone, and nothing that was deleted', async () => {
    const { schedules, replications } = openState(state);
    const paused = await schedules.change('nightly', (now) => ({
      ...now,
      spec: { ...now.spec, paused: true },
    }));
    const weekly = { ...paused, metadata: { name: 'weekly' } };
    await schedules.create(weekly);
    await schedules.remove('weekly');
    await replications.remove('standby');
    expect((await state.get('schedules/nightly.json')).body.toString()).not.toContain('"spec"');
    const { objects, leftOut } = await collectState(state);
    expect(Object.keys(objects).filter((each) => /^(schedules|replications)/.test(each))).toEqual([
      'schedules/nightly.json',
    ]);
    expect(objects['schedules/nightly.json']).toEqual(JSON.parse(JSON.stringify(paused)));
    expect(leftOut.map(({ key: left }) => left)).toEqual(['clusters/b.json']);
    // Restored, it is a first revision.
    const empty = openState(new MemoryBucket().store());
    await empty.store.create('schedules/nightly.json', jsonBytes(objects['schedules/nightly.json']));
    expect(await empty.schedules.get('nightly')).toEqual(paused);
  });

  it.each<BucketKind>(['plain', 'versioned', 'worm'])(
    'is written once a day into a %s bucket, whoever comes how often',
    async (kind) => {
      const bucket = new MemoryBucket(kind);
      expect(await exportInto(bucket)).toMatchObject({ written: true, removed: [] });
      await state.put('schedules/later.json', Buffer.from('{}'));
      let collected = 0;
      const collect = () => {
        collected += 1;
        return collectState(state);
      };
      expect(await exportInto(bucket, { collect })).toEqual({ day, written: false, removed: [] });
      expect(collected).toBe(0);
      expect(bucket.history.get(`team/${key}`)?.size).toBe(1);
    },
  );

  it('keeps the newest 30 days of its installation, and touches no other’s', async () => {
    const bucket = new MemoryBucket();
    const other = `team/metadata/lifeboat/state/${'b'.repeat(32)}/2020-01-01.json.gz`;
    bucket.write(other, Buffer.from('x'));
    const days = Array.from({ length: 33 }, (_, n) =>
      new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10),
    );
    for (const each of days) await exportInto(bucket, { day: each });
    const left = (await listExports(bucket.store('team/'), installation)).map((one) => one.day);
    expect(left).toEqual(days.slice(3).reverse());
    expect(bucket.keys()).toContain(other);
  });

  it('is not pushed out, nor taken for the newest, by what says it is of days to come', async () => {
    const bucket = new MemoryBucket();
    const folder = `team/metadata/lifeboat/state/${installation}`;
    for (let n = 1; n <= 31; n += 1)
      bucket.write(`${folder}/9999-12-${String(n).padStart(2, '0')}.json.gz`, Buffer.from('junk'));
    for (const each of ['2026-11-20', '2026-11-21', '2026-11-22']) await exportInto(bucket, { day: each });
    const store = bucket.store('team/');
    expect((await listExports(store, installation)).map((one) => one.day)).toEqual([
      '2026-11-22',
      '2026-11-21',
      '2026-11-20',
    ]);
    expect(await chooseExport(store, {})).toMatchObject({ day: '2026-11-22' });
    expect((await readExport(store, { installation, day: '2026-11-20' })).content.day).toBe('2026-11-20');
  });

  it('goes on where a lock holds an old one', async () => {
    const bucket = new MemoryBucket('worm');
    for (let n = 1; n <= 31; n += 1)
      expect(await exportInto(bucket, { day: `2026-01-${String(n).padStart(2, '0')}` })).toMatchObject({
        written: true,
        removed: [],
      });
  });

  it('leaves out what cannot be read or is not known, and says so', async () => {
    await state.put('schedules/broken.json', Buffer.from('{'));
    await state.put('inventions/x.json', Buffer.from('{}'));
    const { leftOut, objects } = await collectState(state);
    expect(leftOut).toContainEqual({ key: 'inventions/', reason: 'this version does not know what it is' });
    expect(leftOut).toContainEqual({
      key: 'schedules/broken.json',
      reason: expect.stringContaining('is not valid JSON'),
    });
    expect(objects).not.toHaveProperty(['inventions/x.json']);
  });

  it('knows every part of the State table', () => {
    const page = readFileSync(join(__dirname, '../../../../../docs/architecture.md'), 'utf8');
    const table = page.slice(page.indexOf('## State'), page.indexOf('## Vault'));
    const cells = [...table.matchAll(/^\| (`.+?) \|/gm)]
      .map(([, cell]) => cell!)
      .filter((cell) => !/…\//.test(cell));
    // `clusters/`, `vaults/` … `<name>.json`: the first of a cell, and those that are folders themselves.
    const named = cells.flatMap((cell) => {
      const [first = '', ...others] = [...cell.matchAll(/`([^`]+)`/g)].map(([, span]) => span!);
      const folders = [first, ...others.filter((span) => /^[a-z]+\/$/.test(span))];
      return folders.flatMap((span) => /^([a-z]+(?:\/|\.json))/.exec(span)?.[1] ?? []);
    });
    expect(named.length).toBeGreaterThan(12);
    expect(named.filter((name) => !Object.hasOwn(stateFolders, name))).toEqual([]);
  });
});

describe('an export that is read', () => {
  async function written(options: Partial<ExportWork> = {}) {
    const bucket = new MemoryBucket();
    await exportInto(bucket, options);
    return { bucket, store: bucket.store('team/'), bytes: bucket.objects.get(`team/${key}`)!.body };
  }

  it('is not held against a key that is none', async () => {
    const content = { installation: 'i', day: '2026-11-22' } as ReadExport['content'];
    const trusted = Buffer.alloc(32, 1).toString('base64');
    expect(() => assertSignedBy({ content, signedBy: trusted }, trusted)).not.toThrow();
    expect(() => assertSignedBy({ content, signedBy: trusted }, ` ${trusted}\n`)).not.toThrow();
    expect(() => assertSignedBy({ content }, trusted)).toThrow('is signed by nobody');
    expect(() => assertSignedBy({ content, signedBy: trusted }, 'abc')).toThrow(
      'is not an Ed25519 public key',
    );
  });

  it('says whose signature it carries', async () => {
    const signed = await written({ signer: async () => signer });
    expect((await readExport(signed.store, id)).signedBy).toBe(await signer.publicKey());
    const unsigned = await written();
    expect((await readExport(unsigned.store, id)).signedBy).toBeUndefined();
  });

  it('is refused when anything of it is another, signed or not', async () => {
    for (const options of [{}, { signer: async () => signer }]) {
      const { bucket, store, bytes } = await written(options);
      const text = gunzipSync(bytes).toString();
      const changes = [
        bytes.subarray(0, bytes.length - 9),
        Buffer.from('no gzip'),
        gzipSync(text.replace('0 2 * * *', '0 3 * * *')),
        gzipSync(text.replace(/"sha256":"./, '"sha256":"x')),
        gzipSync(text.slice(text.indexOf('\n') + 1)),
      ];
      for (const changed of changes) {
        bucket.write(`team/${key}`, changed);
        await expect(readExport(store, id)).rejects.toMatchObject({ kind: 'corrupt' });
      }
    }
  });

  it('is refused when it is signed by another than it names, or lies under another’s name', async () => {
    const { bucket, store, bytes } = await written({ signer: async () => signer });
    const other = await seedSigner(Buffer.alloc(32, 8).toString('base64')).publicKey();
    const text = gunzipSync(bytes).toString();
    bucket.write(`team/${key}`, gzipSync(text.replace(await signer.publicKey(), other)));
    await expect(readExport(store, id)).rejects.toThrow(/not signed by the key that it names/);
    const moved = `team/metadata/lifeboat/state/${'b'.repeat(32)}/${day}.json.gz`;
    bucket.write(moved, bytes);
    await expect(readExport(store, { installation: 'b'.repeat(32), day })).rejects.toThrow(
      /export of another installation/,
    );
  });

  it('is the newest one unless a day is named, and has to be named where there are several installations', async () => {
    const { bucket, store } = await written();
    bucket.now = new Date('2026-11-24T12:00:00Z');
    await exportInto(bucket, { day: '2026-11-24' });
    expect(await chooseExport(store, {})).toMatchObject({ day: '2026-11-24' });
    expect(await chooseExport(store, { day })).toMatchObject({ day });
    await expect(chooseExport(store, { day: '2026-11-25' })).rejects.toMatchObject({ kind: 'not-found' });
    await exportInto(bucket, { installation: 'b'.repeat(32) });
    await expect(chooseExport(store, {})).rejects.toMatchObject({
      kind: 'invalid',
      hint: expect.stringContaining(installation),
    });
    expect(await chooseExport(store, { installation })).toMatchObject({ installation });
    await expect(chooseExport(new MemoryBucket().store(), {})).rejects.toMatchObject({ kind: 'not-found' });
  });
});

describe('an export that somebody put into the vault', () => {
  it.each<[string, Buffer]>([
    ['that unpacks a thousandfold', gzipSync(Buffer.alloc(32 << 20))],
    ['of two million lists', gzipSync(Buffer.from(`{}\n[${'[],'.repeat(2_000_000)}[]]`), { level: 0 })],
  ])('%s is refused before it is parsed', async (_, bytes) => {
    const bucket = new MemoryBucket();
    bucket.write(`team/${key}`, bytes);
    await expect(readExport(bucket.store('team/'), id)).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(/cannot be unpacked|holds more than an export can/),
    });
  });
});
