import { describe, expect, it } from '@jest/globals';
import { findLiveLog, liveLog } from '../../../../../shared/formats/state/run/live-log';
import { FakeClock } from '../../../../harness/fake-clock';
import { MemoryBucket } from '../../../../harness/memory-bucket';

function setUp() {
  const clock = new FakeClock();
  const run = new MemoryBucket(clock).store('runs/backups/shop-1/');
  const log = liveLog(run, clock, { backup: 'velero/shop-1' });
  return { clock, run, log, read: async () => (await findLiveLog(run))?.toString() };
}

describe('the log of a run while it goes on', () => {
  it('is there within five seconds, with warnings and errors, in the words of the log that it leaves', async () => {
    const { clock, log, read } = setUp();
    expect(await read()).toBeUndefined();
    log.info('Backing up cluster a');
    await clock.advance(10);
    log.warn('a warning', { namespace: 'shop' });
    log.debug('not this');
    await clock.advance(5_000);
    const lines = (await read())!.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/level=info msg="Backing up cluster a" backup=velero\/shop-1/);
    expect(lines[1]).toMatch(/level=warning msg="a warning" .*namespace=shop/);
  });

  it('holds the last thousand lines and says how many came before', async () => {
    const { log, read } = setUp();
    for (let n = 0; n < 2_500; n += 1) log.info(`line ${n}`);
    await log.flush();
    const lines = (await read())!.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^… 1500 earlier lines/);
    expect(lines).toHaveLength(1_001);
    expect(lines.at(-1)).toContain('line 2499');
  });
});
