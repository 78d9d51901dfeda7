import pLimit from 'p-limit';
import type { ObjectStore } from '../store/port';
import { type ListedBackup, listBackups } from '../vault/backups';
import { readCatalogue } from '../vault/contents';
import type { Catalogue } from '../vault/catalogue';
import type { Judged } from './verdict';

const scheduleLabel = 'velero.io/schedule-name';

/** Everything that retention judges in one vault, with OSS's time. Manifests that cannot be read are not in it. */
export async function judgedBackups(vault: ObjectStore): Promise<{ backups: Judged[]; now: Date }> {
  const listed: ListedBackup[] = [];
  let now = new Date(0);
  for await (const page of listBackups(vault)) {
    listed.push(...page.backups);
    now = page.date;
  }
  const due = listed.filter(({ expiration }) => expiration && Date.parse(expiration) <= now.getTime());
  const schedules = new Set(due.map(({ labels }) => labels[scheduleLabel]));
  const dueNames = new Set(due.map(({ name }) => name));
  const limit = pLimit(8);
  const backups = await Promise.all(
    listed.map((backup) =>
      limit(async () => {
        const schedule = backup.labels[scheduleLabel];
        // A catalogue is read only where it can change a verdict.
        const matters = dueNames.has(backup.name) || (schedule !== undefined && schedules.has(schedule));
        const catalogue =
          matters && backup.writer === 'lifeboat' ? await catalogueOf(vault, backup.name) : undefined;
        return judged(backup, catalogue);
      }),
    ),
  );
  return { backups, now };
}

function judged(backup: ListedBackup, catalogue: Catalogue | undefined): Judged {
  const { name, phase, expiration, startTimestamp, writer } = backup;
  const schedule = backup.labels[scheduleLabel];
  return {
    name,
    phase,
    expiration,
    startTimestamp,
    writer,
    installation: catalogue?.installation,
    series: schedule && catalogue ? { schedule, cluster: catalogue.cluster } : undefined,
  };
}

async function catalogueOf(vault: ObjectStore, name: string): Promise<Catalogue | undefined> {
  try {
    return await readCatalogue(vault, name);
  } catch {
    // Without it the backup is kept.
    return undefined;
  }
}
