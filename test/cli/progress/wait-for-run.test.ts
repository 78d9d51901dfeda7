import { afterEach, describe, expect, it, jest } from '@jest/globals';
import pc from 'picocolors';
import { showProgress, waitForRun } from '../../../cli/progress/wait-for-run';
import { systemClock } from '../../../shared/platform/system';

const exits: unknown[] = [];
afterEach(() => {
  jest.restoreAllMocks();
  exits.length = 0;
});

function aScreen(live: boolean) {
  jest.spyOn(process, 'exit').mockImplementation(((code: number) => void exits.push(code)) as never);
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  return { notes, screen: { out: note, note, live, colors: pc.createColors(false) } };
}

describe('waiting for a run', () => {
  it.each([true, false])(
    'ends with 130 at the first Ctrl-C and says that the run goes on: terminal %s',
    async (live) => {
      const { notes, screen } = aScreen(live);
      let looked = 0;
      const result = await waitForRun(
        'backup shop-1',
        async () => {
          looked += 1;
          if (looked === 1) process.emit('SIGINT');
          return looked === 1 ? {} : { result: { phase: 'Completed' } as never };
        },
        { screen, clock: systemClock },
      );
      expect(result.phase).toBe('Completed');
      expect(exits).toEqual([130]);
      expect(notes).toEqual([
        'Stopped waiting. backup shop-1 goes on.',
        'Follow it with `lifeboat run get backup/shop-1`, cancel it with `lifeboat run cancel backup/shop-1`.',
      ]);
    },
  );

  it('says why a run is tried again', async () => {
    const { notes, screen } = aScreen(false);
    const progress = { phase: 'Retrying' as const, done: 0, message: 'no answer to GET /version', at: '' };
    const views = [{ progress }, { progress, result: { phase: 'Failed' } as never }];
    await waitForRun('backup shop-1', async () => views.shift()!, { screen, clock: systemClock });
    expect(notes).toContain('backup shop-1: Retrying: no answer to GET /version');
  });

  it('looks twice a second at first, and less often the longer it waits, every five seconds at the least', async () => {
    const { screen } = aScreen(false);
    let now = 0;
    const looks: number[] = [];
    const clock = {
      now: () => new Date(now),
      monotonic: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const look = async () => {
      looks.push(now);
      return now > 600_000 ? { result: { phase: 'Completed' } as never } : {};
    };
    await waitForRun('backup shop-1', look, { screen, clock });
    const gaps = looks.slice(1).map((at, i) => at - looks[i]!);
    expect(gaps[0]).toBe(500);
    expect(gaps.at(-1)).toBe(5_000);
    expect(looks.filter((at) => at <= 5_000)).toHaveLength(11);
    expect(looks.length).toBeLessThan(160);
  });

  it('leaves Ctrl-C alone once it is over', () => {
    const { screen } = aScreen(false);
    const before = process.listenerCount('SIGINT');
    showProgress('backup shop-1', { screen, clock: systemClock }).stop();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
