import { instant } from '../../formats/manifests/instant';
import { selectedSince } from '../../formats/manifests/selection/labelled-at';
import { lastGoodBackup } from './last-good-backup';
import { isGoodOfSeries } from './of-series';
import { overdueSlot } from './overdue';
import { type Series, stemsOf } from './series';
import { noteGood } from './settle-backups';
import type { Slots } from './slots';
import type { Tick } from './tick-context';

/** A vault is asked no more often than this about a series that is overdue. Milliseconds. */
const checkEvery = 15 * 60_000;

/** Reports a series that is overdue. The vault has the last word: what ticks remember may be lost. */
export async function reportOverdue(tick: Tick, series: Series, slots: Slots): Promise<void> {
  const { memory, now, places, report } = tick;
  const { schedule, cluster } = series;
  const known = memory.of(schedule.metadata.name, cluster);
  const { clusterSelector } = schedule.spec;
  const overdue = () =>
    overdueSlot(schedule, known.good ? new Date(known.good) : undefined, now, {
      slots,
      ...(known.since !== undefined && { since: Date.parse(known.since) }),
    });
  if (!overdue()) {
    delete known.checked;
    return;
  }
  let unseen: unknown;
  if (!known.checked || now.getTime() - Date.parse(known.checked) >= checkEvery) {
    // Where the vault does not answer, what the ticks remember decides.
    await askVault().catch((error: unknown) => {
      unseen = error;
    });
    known.checked = instant(now);
  }
  const slot = overdue();
  if (slot) tell(slot);
  if (unseen !== undefined) throw unseen;

  async function askVault(): Promise<void> {
    const vault = await places.openVault(schedule.spec.vault);
    const good = await lastGoodBackup(vault, stemsOf(series), (name) =>
      isGoodOfSeries(tick.context.state, series, name),
    );
    if (good) noteGood(known, good);
    const found = clusterSelector && (await places.clusters.find(cluster));
    const since = found && selectedSince(found.metadata, clusterSelector);
    if (since !== undefined) known.since = instant(new Date(since));
  }

  function tell(late: Date): void {
    report.overdue.push({
      schedule: schedule.metadata.name,
      cluster,
      slot: instant(late),
      ...(known.good && { good: known.good }),
      startAt: schedule.spec.startAt,
    });
  }
}
