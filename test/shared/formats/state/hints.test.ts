import { describe, expect, it } from '@jest/globals';
import { forgetHint, hintAge, readHint, writeHint } from '../../../../shared/formats/state/hints';
import { MemoryBucket } from '../../../harness/memory-bucket';

describe('a hint', () => {
  it('is found again however large it is, and a large one takes little room', async () => {
    const bucket = new MemoryBucket();
    const state = bucket.store();
    for (const length of [10, 64 << 10, 24 << 20]) {
      const value = { text: 'x'.repeat(length) };
      await writeHint(state, 'x', value);
      expect(await readHint(state, 'x')).toEqual(value);
      expect(bucket.objects.get('hints/x.json')!.body.length).toBeLessThan(128 << 10);
      expect(await hintAge(state, 'x')).toBe(0);
    }
    await forgetHint(state, 'x');
    expect(await readHint(state, 'x')).toBeUndefined();
  });

  it('that is cut short counts as none', async () => {
    const bucket = new MemoryBucket();
    const state = bucket.store();
    for (const length of [10, 1 << 20]) {
      await writeHint(state, 'x', { text: 'x'.repeat(length) });
      const { body } = bucket.objects.get('hints/x.json')!;
      bucket.write('hints/x.json', body.subarray(0, -3));
      expect(await readHint(state, 'x')).toBeUndefined();
    }
  });
});
