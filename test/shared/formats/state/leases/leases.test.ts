import { describe, expect, it, jest } from '@jest/globals';
import { LifeboatError } from '../../../../../shared/platform/errors';
import { takeLease } from '../../../../../shared/formats/state/leases/leases';
import { countingRandom, FakeClock } from '../../../../harness/fake-clock';
import { MemoryBucket } from '../../../../harness/memory-bucket';

const minute = 60_000;

function setUp() {
  const clock = new FakeClock();
  const bucket = new MemoryBucket(clock);
  const run = bucket.store('runs/backups/shop/');
  const random = countingRandom();
  return { clock, bucket, run, take: (holder = 'one') => takeLease(run, { clock, random, holder }) };
}

describe('a lease', () => {
  it('goes to one of two that ask at the same moment', async () => {
    const { take } = setUp();
    const taken = await Promise.all([take('one'), take('two'), take('three')]);
    const held = taken.filter((lease) => lease !== undefined);
    expect(held).toHaveLength(1);
    held[0]!.release();
  });

  it('is refused while the holder renews, however long that is', async () => {
    const { clock, take, bucket } = setUp();
    const lease = (await take())!;
    for (let i = 0; i < 30; i += 1) {
      await clock.advance(minute);
      expect(await take('two')).toBeUndefined();
    }
    expect(lease.signal.aborted).toBe(false);
    expect(lease.attempt).toBe(1);
    expect(bucket.keys()).toContain('runs/backups/shop/lease-31.json');
    lease.release();
  });

  it('is free 180 s after the last renewal of a holder that is gone, and not a second earlier', async () => {
    const { clock, take } = setUp();
    const lease = (await take())!;
    lease.release();
    await clock.advance(179_000);
    expect(await take('two')).toBeUndefined();
    await clock.advance(1_000);
    const second = (await take('two'))!;
    expect(second.attempt).toBe(2);
    second.release();
  });

  it('is not written again before a group of work while it is young', async () => {
    const { clock, take, bucket } = setUp();
    const lease = (await take())!;
    await clock.advance(59_000);
    await lease.ensure();
    expect(bucket.keys()).toEqual(['runs/backups/shop/lease-1.json']);
    lease.release();
  });

  it('is renewed before a group of work that might outlast it', async () => {
    const { clock, take, bucket } = setUp();
    const lease = (await take())!;
    clock.freeze(60_000);
    await lease.ensure();
    expect(bucket.keys()).toContain('runs/backups/shop/lease-2.json');
    lease.release();
  });

  it('is renewed before a group of work where a pause stopped the monotonic clock', async () => {
    const { clock, take, bucket } = setUp();
    const paused = clock.monotonic();
    const monotonic = jest.spyOn(clock, 'monotonic').mockImplementation(() => paused);
    const lease = (await take())!;
    clock.freeze(60_000);
    await lease.ensure();
    expect(bucket.keys()).toContain('runs/backups/shop/lease-2.json');
    lease.release();
    monotonic.mockRestore();
  });

  it('starts no group of work of a frozen holder once somebody took over', async () => {
    const { clock, take } = setUp();
    const first = (await take())!;
    clock.freeze(181_000);
    const second = (await take('two'))!;
    await expect(first.ensure()).rejects.toMatchObject({ kind: 'lost-lease' });
    second.release();
  });

  it('gives a frozen holder a clear stop at its next renewal once somebody took over', async () => {
    const { clock, take } = setUp();
    const first = (await take())!;
    clock.freeze(181_000);
    const second = (await take('two'))!;
    await expect(first.renew()).rejects.toMatchObject({ kind: 'lost-lease' });
    expect(first.signal.aborted).toBe(true);
    expect((first.signal.reason as LifeboatError).kind).toBe('lost-lease');
    expect(second.signal.aborted).toBe(false);
    second.release();
  });

  it('ends by itself 120 s after the last renewal that was sent, when OSS does not answer', async () => {
    const { clock, bucket, take } = setUp();
    const lease = (await take())!;
    await clock.advance(minute);
    bucket.before = (op) => {
      if (op === 'create') throw new LifeboatError('unavailable', 'no answer');
    };
    await clock.advance(119_000);
    expect(lease.signal.aborted).toBe(false);
    await clock.advance(1_000);
    expect(lease.signal.aborted).toBe(true);
  });

  it('lives on when OSS answers again in time', async () => {
    const { clock, bucket, take } = setUp();
    const lease = (await take())!;
    bucket.before = (op) => {
      if (op === 'create') throw new LifeboatError('unavailable', 'no answer');
    };
    await clock.advance(100_000);
    bucket.before = () => {};
    await clock.advance(10 * minute);
    expect(lease.signal.aborted).toBe(false);
    lease.release();
  });

  it('counts as lost when the answer to a renewal came too late to be sure', async () => {
    const { clock, bucket, take } = setUp();
    const lease = (await take())!;
    bucket.after = (op) => {
      if (op === 'create') clock.freeze(120_000);
    };
    await expect(lease.renew()).rejects.toMatchObject({ kind: 'lost-lease' });
  });

  it('reads the number and not the text of its key', async () => {
    const { clock, take, bucket } = setUp();
    bucket.objects.set('runs/backups/shop/lease-9.json', {
      body: Buffer.from('{}'),
      lastModified: clock.now(),
    });
    clock.freeze(200_000);
    bucket.objects.set('runs/backups/shop/lease-10.json', {
      body: Buffer.from('{}'),
      lastModified: clock.now(),
    });
    expect(await take()).toBeUndefined();
    clock.freeze(180_000);
    const lease = (await take())!;
    expect(lease.attempt).toBe(11);
    lease.release();
  });

  it('holds nothing that repeats, so that an unclear answer can be told from another holder', async () => {
    const { clock, take, bucket } = setUp();
    (await take())!.release();
    clock.freeze(200_000);
    (await take())!.release();
    const [one, two] = [1, 2].map((n) => bucket.objects.get(`runs/backups/shop/lease-${n}.json`)!.body);
    expect(one!.equals(two!)).toBe(false);
    expect(one!.toString()).not.toContain('2026');
  });
});
