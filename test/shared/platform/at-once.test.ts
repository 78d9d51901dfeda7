import { describe, expect, it } from '@jest/globals';
import { atOnce } from '../../../shared/platform/at-once';

const later = (work: () => unknown) => new Promise((resolve) => setImmediate(resolve)).then(work);

describe('reads that were begun at once', () => {
  it('give what each of them brought', async () => {
    expect(await atOnce(Promise.resolve(1), Promise.resolve('two'))).toEqual([1, 'two']);
  });

  it('fail with the error of the first in order, although another failed before', async () => {
    const slow = later(() => Promise.reject(new Error('no vault')));
    const fast = Promise.reject(new Error('no cluster'));

    await expect(atOnce(slow, fast)).rejects.toThrow('no vault');
  });
});
