import { describe, expect, it } from '@jest/globals';
import { readFacts } from '../../../../shared/operations/retention/backup-facts';
import { etagsOf } from '../../../../shared/operations/retention/retention-hint';
import { backupDirectory } from '../../../../shared/formats/vault/backup-directories';
import { backupKeys } from '../../../../shared/formats/vault/layout';
import { MemoryBucket } from '../../../harness/memory-bucket';
import { MemoryStore } from '../../../harness/memory-store';
import { type BackupTraits, commitOne } from './committed-backup';

const keys = backupKeys('x');
const outcome = 'runs/backups/x/result.json';
const gib = 1 << 30;

interface Place {
  vault: MemoryBucket;
  state: MemoryBucket;
}

/** One backup `x`, committed by this release or an earlier one. */
async function place(earlierRelease: boolean, traits: BackupTraits = {}) {
  const buckets: Place = { vault: new MemoryBucket(), state: new MemoryBucket() };
  const requests: string[] = [];
  const hooks = { before: (op: string) => void requests.push(op) };
  const vault = new MemoryStore(buckets.vault, '', hooks);
  const state = new MemoryStore(buckets.state, '', hooks);
  await commitOne({ vault, state }, 'x', { ...traits, earlierRelease });
  const facts = async (vaultName = 'main', copied?: Set<string>) => {
    const directory = await backupDirectory(vault, 'x');
    requests.length = 0;
    const found = await readFacts({ vaultName, vault, state, copied }, directory);
    return { found, requests: [...requests], etags: etagsOf(directory) };
  };
  return { ...buckets, facts };
}

/** Bytes of the same length. */
function otherBytes(bucket: MemoryBucket, key: string): void {
  const { body } = bucket.objects.get(key)!;
  const changed = Buffer.from(body);
  changed[changed.length - 1]! ^= 1;
  bucket.write(key, changed);
}

const changes: [string, (place: Place) => void][] = [
  ['nothing is changed', () => {}],
  ['the manifest has other bytes', ({ vault }) => otherBytes(vault, keys.manifest)],
  ['the catalogue has other bytes', ({ vault }) => otherBytes(vault, keys.catalogue)],
  ['the catalogue is gone', ({ vault }) => vault.remove(keys.catalogue)],
  ['the archive has other bytes of the same length', ({ vault }) => otherBytes(vault, keys.archive)],
  ['the archive has another length', ({ vault }) => vault.write(keys.archive, Buffer.from('short'))],
  ['the archive is gone', ({ vault }) => vault.remove(keys.archive)],
];

describe('facts that the outcome of a run tells', () => {
  it.each(changes)('are those of commit, request and catalogue, where %s', async (_, change) => {
    for (const traits of [{}, { schedule: 'none' }, { retention: { keepLast: 2 }, ttl: '1h' }] as const) {
      const [told, read] = [await place(false, traits), await place(true, traits)];
      for (const one of [told, read]) change(one);
      expect((await told.facts()).found).toEqual((await read.facts()).found);
      expect((await told.facts('other')).found).toEqual((await read.facts('other')).found);
      const copied = new Set(['x']);
      expect((await told.facts('other', copied)).found).toEqual((await read.facts('other', copied)).found);
    }
  });

  it('cost a read of the outcome and one of the manifest', async () => {
    const { facts } = await place(false);
    expect((await facts()).requests).toEqual(['get result.json', `get ${keys.manifest}`]);
  });

  it('are not taken where they are damaged, or of a form that this release does not know', async () => {
    const whole = (await (await place(true)).facts()).found;
    const spoil: ((told: Record<string, unknown>) => unknown)[] = [
      () => 'x',
      () => undefined,
      (told) => ({ ...told, committedAt: 'yesterday' }),
      (told) => ({ ...told, vault: '../x' }),
      (told) => ({ ...told, archive: { size: String(gib) } }),
      (told) => ({ ...told, schedule: { name: 'nightly', slot: 'x' } }),
    ];
    for (const spoiled of spoil) {
      const { facts, state } = await place(false);
      const stored = JSON.parse(state.objects.get(outcome)!.body.toString());
      state.write(outcome, Buffer.from(JSON.stringify({ ...stored, committed: spoiled(stored.committed) })));
      expect((await facts()).found).toEqual(whole);
    }
    for (const body of ['{', JSON.stringify({ format: 7, kind: 'RunResult', committed: {} })]) {
      const { facts, state } = await place(false);
      state.write(outcome, Buffer.from(body));
      expect((await facts()).found).toEqual(whole);
    }
  });

  it('say nothing of what lies in the vault: whoever writes there changes none of them', async () => {
    const { facts, vault } = await place(false);
    const before = (await facts()).found;
    vault.write('metadata/lifeboat/x/result.json', Buffer.from('{}'));
    vault.write(`${keys.directory}result.json`, Buffer.from('{}'));
    expect((await facts()).found).toEqual(before);
  });

  it('leave a backup that nobody committed to others, and read nothing of it', async () => {
    const { facts, state } = await place(false);
    for (const key of [...state.objects.keys()]) state.remove(key);
    const { found, requests } = await facts();
    expect(found).toMatchObject({ untouchable: 'the state of this installation does not know it' });
    expect(requests).toHaveLength(2);
    expect(requests.join()).not.toContain(keys.directory);
  });
});
