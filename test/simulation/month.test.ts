import { describe, expect, it } from '@jest/globals';
import { monthStart } from './planned-schedules';
import { type Month, simulateMonth } from './simulated-month';

/** Another month: LIFEBOAT_SIMULATION_SEED=7. The first three days of month 3 have outages of 9 hours, 12 and 40 minutes. */
const seed = Number(process.env.LIFEBOAT_SIMULATION_SEED ?? 3);

/** The whole month, LIFEBOAT_SIMULATION_DAYS=30, takes some minutes. */
const days = Number(process.env.LIFEBOAT_SIMULATION_DAYS ?? 3);

describe('a month of ticks, outages, duplicates and deaths', () => {
  it('every backup made, every slot missed and every deletion is explained by a rule', async () => {
    const month = await simulateMonth(seed, monthStart + days * 86_400_000);
    process.stdout.write(tableOf(month));
    expect(month.unexplained.slice(0, 20)).toEqual([]);
    expect(month.open).toEqual([]);
    // A month in which nothing of all this happened would show nothing.
    for (const [what, count] of Object.entries(month.counts)) expect([what, count > 0]).toEqual([what, true]);
  }, 1_200_000);
});

function tableOf({ counts, workers, people, slots, deletions, chronicle }: Month): string {
  const phases = new Map<string, number>();
  for (const { ended } of chronicle.backups.values()) {
    const phase = ended?.reason?.startsWith('gave up') ? 'Failed: given up' : (ended?.phase ?? 'open');
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
  }
  const sections: [string, Iterable<[string, number]>][] = [
    ['what happened', Object.entries(counts)],
    ['workers', Object.entries({ ...workers })],
    ['people', people.acts],
    ['backups made', slots.made],
    ['slots missed', slots.missed],
    ['how backups ended', phases],
    ['backups deleted', deletions.deleted],
    ['backups kept at the end (a backup may have several reasons)', deletions.kept],
  ];
  return sections
    .map(
      ([title, rows]) =>
        `\n${title}\n${[...rows].map(([what, n]) => `${String(n).padStart(8)}  ${what}\n`).join('')}`,
    )
    .join('');
}
