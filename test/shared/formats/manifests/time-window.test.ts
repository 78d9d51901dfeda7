import { describe, expect, it } from '@jest/globals';
import { covers, parseTimeWindow } from '../../../../shared/formats/manifests/time-window';

/** Whether a window covers a moment of the week of Sunday 2026-11-22: `Mon 23:59`. */
function covered(window: string, moment: string): boolean {
  const [name, time] = moment.split(' ') as [string, string];
  const weekday = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'].indexOf(name);
  const [hour, minute] = time.split(':').map(Number) as [number, number];
  return covers(parseTimeWindow(window), {
    date: `2026-11-${22 + weekday}`,
    weekday,
    minute: hour * 60 + minute,
  });
}

describe('a window', () => {
  it.each([
    ['01:00-03:00', ['Sun 01:00', 'Wed 02:59'], ['Sun 00:59', 'Sun 03:00']],
    ['22:00-06:00', ['Sun 22:00', 'Sun 23:59', 'Mon 00:00', 'Mon 05:59'], ['Mon 06:00', 'Mon 21:59']],
    [
      'Mon-Fri 22:00-06:00',
      ['Mon 22:00', 'Tue 05:59', 'Fri 23:00', 'Sat 05:59'],
      ['Mon 05:59', 'Sat 06:00', 'Sat 23:00', 'Sun 05:00'],
    ],
    ['Sat,Sun 00:00-24:00', ['Sat 00:00', 'Sun 23:59'], ['Fri 23:59', 'Mon 00:00']],
    ['fri-mon 12:00-13:00', ['Fri 12:00', 'Sat 12:59', 'Sun 12:00', 'Mon 12:30'], ['Tue 12:00', 'Thu 12:00']],
    ['Wed 20:00-24:00', ['Wed 20:00', 'Wed 23:59'], ['Wed 19:59', 'Thu 00:00']],
    ['2026-11-24', ['Tue 00:00', 'Tue 23:59'], ['Mon 23:59', 'Wed 00:00']],
    ['2026-11-24/2026-11-26', ['Tue 00:00', 'Wed 12:00', 'Thu 23:59'], ['Mon 23:59', 'Fri 00:00']],
  ])('%s covers what begins within it', (window, inside, outside) => {
    for (const moment of inside) expect([moment, covered(window, moment)]).toEqual([moment, true]);
    for (const moment of outside) expect([moment, covered(window, moment)]).toEqual([moment, false]);
  });
});
