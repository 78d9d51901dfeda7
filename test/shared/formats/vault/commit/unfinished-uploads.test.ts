import { describe, expect, it } from '@jest/globals';
import { LifeboatError } from '../../../../../shared/platform/errors';
import { noteUpload } from '../../../../../shared/formats/vault/commit/started-upload';
import {
  abortStartedUploads,
  abortUpload,
  abortUploads,
} from '../../../../../shared/formats/vault/commit/unfinished-uploads';
import { MemoryStore } from '../../../../harness/memory-store';

const refuse = (what: string, kind: 'denied' | 'unavailable' = 'denied') => ({
  before(op: string) {
    if (op.startsWith(what)) throw new LifeboatError(kind, `${op}: refused`);
  },
});

async function withUploads(hooks: object): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.startUpload('backups/a/a.tar.gz');
  await store.startUpload('backups/b/b.tar.gz');
  return new MemoryStore(store.memory, '', hooks);
}

describe('unfinished uploads', () => {
  it('go where they are lost, and only there', async () => {
    const store = await withUploads({});
    const lost = ({ key }: { key: string }) => key.startsWith('backups/a/');
    expect(await abortUploads(store, 'backups/', lost, fail)).toEqual(['backups/a/a.tar.gz']);
    expect(store.memory.uploads.size).toBe(1);
  });

  it('go where the attempts of a run began them, whichever of them was killed, and no others', async () => {
    const store = await withUploads({});
    const run = new MemoryStore();
    await abortStartedUploads(store, 'backups/a/', run, fail);
    for (const attempt of [1, 2])
      await noteUpload(run, attempt, await store.startUpload('backups/a/a.tar.gz'));
    await abortStartedUploads(store, 'backups/a/', run, fail);
    expect([...store.memory.uploads.values()].map(({ key }) => key)).toEqual([
      'backups/a/a.tar.gz',
      'backups/b/b.tar.gz',
    ]);
  });

  it.each(['uploads', 'abort'])('stay with a word where %s is denied', async (what) => {
    const store = await withUploads(refuse(what));
    const said: string[] = [];
    expect(
      await abortUploads(
        store,
        'backups/',
        () => true,
        (reason) => said.push(reason),
      ),
    ).toEqual([]);
    expect(said).toEqual([
      expect.stringMatching(/^unfinished uploads are left to a lifecycle rule .*refused/),
    ]);
  });

  it('are an error where the store does not answer, or one by one where that is asked for', async () => {
    const store = await withUploads(refuse('abort', 'unavailable'));
    await expect(abortUploads(store, 'backups/', () => true, fail)).rejects.toThrow('refused');
    const failed: string[] = [];
    await abortUploads(
      store,
      'backups/',
      () => true,
      fail,
      ({ key }) => failed.push(key),
    );
    expect(failed).toHaveLength(2);
  });

  it('that are known stay with a word too', async () => {
    const said: string[] = [];
    const abort = (kind: 'denied' | 'unavailable') => async () => {
      throw new LifeboatError(kind, 'refused');
    };
    await abortUpload({ abort: abort('denied') }, (reason) => said.push(reason));
    expect(said).toHaveLength(1);
    await expect(abortUpload({ abort: abort('unavailable') }, fail)).rejects.toThrow('refused');
  });
});

function fail(reason: string): never {
  throw new Error(`nothing was to be left: ${reason}`);
}
