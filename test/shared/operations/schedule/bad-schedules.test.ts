import { describe, expect, it } from '@jest/globals';
import { assertComesDue } from '../../../../shared/operations/schedule/check-schedule';
import { aSchedule, at } from './a-schedule';

const now = at('2026-11-22T10:00:00Z');

/** Why a schedule with this spec is refused; undefined when it is taken. */
function refusal(spec: object): string | undefined {
  try {
    assertComesDue(aSchedule(spec), now);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('a schedule is taken', () => {
  it.each<[string, object]>([
    ['with an interval', { schedule: '6h30m' }],
    ['with an interval as Velero writes it', { schedule: '@every 6h' }],
    ['with the shortest interval', { schedule: '60s' }],
    ['with cron in a zone', { schedule: '30 2 * * *', timeZone: 'Asia/Shanghai' }],
    ['for 29 February', { schedule: '0 2 29 2 *' }],
    ['with jitter of less than a slot', { schedule: '*/10 * * * *', jitter: '9m' }],
    ['with a window over midnight', { windows: { allowed: ['Mon-Fri 22:00-06:00'] } }],
    ['with a window of a whole day', { windows: { allowed: ['Sat,Sun 00:00-24:00'] } }],
    ['with days over the weekend', { windows: { allowed: ['Fri-Mon 00:00-24:00'] } }],
    ['with a blackout of days', { windows: { blackout: ['2026-11-10/2026-11-12', '2026-12-31'] } }],
    [
      'with a blackout of weeks, each minute',
      { schedule: '* * * * *', windows: { blackout: ['2026-11-20/2026-12-31'] } },
    ],
    ['with one allowed day in years', { schedule: '*/5 * * * *', windows: { allowed: ['2029-01-01'] } }],
    ['with a zone by its old name', { timeZone: 'PRC' }],
    ['overdue after a minute', { overdueAfter: '1m' }],
    ['for New Year on a Monday', { schedule: '0 2 1 1 *', windows: { allowed: ['Mon 00:00-06:00'] } }],
    [
      'with a selector',
      { clusters: [], clusterSelector: { matchLabels: { a: 'b' } }, includeClusterInNames: true },
    ],
  ])('%s', (_, spec) => {
    expect(refusal(spec)).toBeUndefined();
  });
});

describe('a schedule is refused', () => {
  it.each<[string, object, string]>([
    ['on 31 February', { schedule: '0 2 31 2 *' }, 'cannot come due: no month of "2" has a day 31'],
    ['at an hour that is none', { schedule: '0 24 * * *' }, 'cannot come due: "24" is no hour'],
    ['in a month that is none', { schedule: '0 2 1 ABC *' }, 'cannot come due: "ABC" is no month'],
    [
      'on days of the month and of the week',
      { schedule: '0 2 1 * 1' },
      'days of the month and of the week together',
    ],
    [
      'in a zone that does not exist',
      { timeZone: 'Mars/Base' },
      'spec.timeZone is not a time zone: "Mars/Base"',
    ],
    ['in a zone that means several', { timeZone: 'CST' }, 'spec.timeZone is not a time zone: "CST"'],
    ['in an offset', { timeZone: '+08:00' }, 'spec.timeZone is not a time zone: "+08:00"'],
    ['without a zone', { timeZone: '' }, 'spec.timeZone is not a time zone: ""'],
    ['overdue at once', { overdueAfter: '0' }, 'spec.overdueAfter leaves no time for the backup'],
    ['overdue before it was due', { overdueAfter: '-1h' }, 'spec.overdueAfter is not a duration: "-1h"'],
    [
      'overdue in three hundred years',
      { overdueAfter: '2562048h' },
      'spec.overdueAfter is longer than 2562047h',
    ],
    ['with a zone in its cron', { schedule: 'TZ=UTC 0 2 * * *' }, 'names a time zone'],
    ['without times', { schedule: '' }, 'spec.schedule is empty'],
    ['with an interval of nothing', { schedule: '0s' }, 'more often than once a minute'],
    ['with an interval below a minute', { schedule: '@every 59s' }, 'more often than once a minute'],
    ['with an interval of fractions', { schedule: '90.5s' }, 'fractions of a second'],
    ['with an interval of years', { schedule: '9000h' }, 'less often than once a year'],
    ['with an interval in days', { schedule: '7d' }, '"7d" is not a duration'],
    ['with @every and nonsense', { schedule: '@every day' }, '"day" is not a duration'],
    ['with a negative interval', { schedule: '-6h' }, 'neither an interval nor has five fields'],
    [
      'whose windows hold none of its slots',
      { windows: { allowed: ['09:00-17:00'] } },
      'every time of "0 2 * * *" lies outside its windows (UTC)',
    ],
    [
      'whose blackout holds all of its slots',
      { windows: { blackout: ['00:00-12:00'] } },
      'lies outside its windows',
    ],
    [
      'each minute, whose windows have passed',
      { schedule: '* * * * *', windows: { allowed: ['2026-11-01/2026-11-21'] } },
      'lies outside its windows',
    ],
    [
      'whose windows have passed',
      { windows: { allowed: ['2026-11-01/2026-11-21'] } },
      'lies outside its windows',
    ],
    [
      'with more windows than a tick can look at',
      { windows: { blackout: Array.from({ length: 101 }, (_, i) => `${i + 3_000}-01-01`) } },
      'has 101 blackout windows, more than 100',
    ],
    ['with a window that ends where it begins', { windows: { allowed: ['02:00-02:00'] } }, 'empty window'],
    [
      'with days that end before they begin',
      { windows: { blackout: ['2026-11-12/2026-11-10'] } },
      'empty window',
    ],
    ['with a window on a day that is none', { windows: { blackout: ['2026-02-30'] } }, 'is not a window'],
    [
      'with a window on a weekday that is none',
      { windows: { allowed: ['Mon-Fry 01:00-02:00'] } },
      'is not a window',
    ],
    ['with a window at a time that is none', { windows: { allowed: ['25:00-26:00'] } }, 'is not a window'],
    ['with a window at a minute that is none', { windows: { allowed: ['01:60-02:00'] } }, 'is not a window'],
    ['with a window that begins at 24:00', { windows: { allowed: ['24:00-02:00'] } }, 'is not a window'],
    ['with a window of words', { windows: { allowed: ['at night'] } }, 'is not a window'],
    [
      'with jitter as long as its interval',
      { schedule: '1h', jitter: '1h' },
      'as long as the time between two of its slots',
    ],
    [
      'with jitter as long as the time between some of its slots',
      { schedule: '0,5 2 * * *', jitter: '5m' },
      'as long as the time between two of its slots',
    ],
    ['with jitter that is no duration', { jitter: 'some' }, 'spec.jitter is not a duration: "some"'],
    ['with a negative jitter', { jitter: '-1s' }, 'spec.jitter is not a duration: "-1s"'],
    ['with a policy that is none', { missedRun: 'all' }, 'spec.missedRun must be one of'],
    ['with a concurrency that is none', { concurrency: 'replace' }, 'spec.concurrency must be one of'],
    ['without a cluster', { clusters: [] }, 'names no cluster'],
    ['with a cluster twice', { clusters: ['a', 'a'], includeClusterInNames: true }, 'names a cluster twice'],
    [
      'with clusters and a selector',
      { clusterSelector: { matchLabels: { a: 'b' } }, includeClusterInNames: true },
      'has both clusters and clusterSelector',
    ],
    [
      'with a selector of everything',
      { clusters: [], clusterSelector: {}, includeClusterInNames: true },
      'selects every cluster',
    ],
    [
      'with a selector and names without the cluster',
      { clusters: [], clusterSelector: { matchLabels: { a: 'b' } } },
      'takes one cluster only',
    ],
    ['with a slot to skip that is none', { skipSlots: ['tomorrow'] }, 'is not a point in time'],
    ['with an unknown field', { missedRuns: 'skip' }, 'spec.missedRuns is not a known field'],
  ])('%s', (_, spec, fault) => {
    expect(refusal(spec)).toContain(fault);
  });

  it('whose jitter carries every slot out of its window', () => {
    const spec = { windows: { allowed: ['02:00-02:01'] }, jitter: '12h' };
    expect(refusal(spec)).toContain('with its jitter of up to 12h0m0s, lies outside its windows');
  });
});
