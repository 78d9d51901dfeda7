import { describe, expect, it } from '@jest/globals';
import { readRunIndex } from '../../../../shared/formats/state/run/run-index';
import { readHint, writeHint } from '../../../../shared/formats/state/hints';
import { FakeClock } from '../../../harness/fake-clock';
import { MemoryBucket } from '../../../harness/memory-bucket';
import { completed, request } from '../../operations/runs/fixtures';

describe('the index of runs', () => {
  it('forgets what another release understood of a result, which may have fields that only this one reads', async () => {
    const state = new MemoryBucket(new FakeClock()).store('state/');
    const index = await readRunIndex(state, 'backups');
    index.note('shop-1', 'etags', { request, result: completed });
    await index.save(new Map([['shop-1', undefined]]));
    expect((await readRunIndex(state, 'backups')).find('shop-1', 'etags')?.result).toEqual(completed);
    const noted = (await readHint(state, 'lists/runs-backups')) as { release: string; value: unknown };
    await writeHint(state, 'lists/runs-backups', { ...noted, release: '0.0.0-another' });
    expect((await readRunIndex(state, 'backups')).find('shop-1', 'etags')).toBeUndefined();
    // As earlier releases wrote it.
    await writeHint(state, 'lists/runs-backups', noted.value);
    expect((await readRunIndex(state, 'backups')).find('shop-1', 'etags')).toBeUndefined();
  });
});
