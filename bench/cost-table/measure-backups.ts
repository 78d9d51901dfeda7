import { createHash } from 'node:crypto';
import pc from 'picocolors';
import { backupCommand } from '../../cli/commands/backup';
import { createApi } from '../../shared/api/api';
import type { Installation } from '../../shared/app/installation';
import { expireInstallation } from '../../shared/app/ticks/expire';
import { commitBackups } from './committed-backups';
import type { Measurement } from './measurement';
import type { MeasuredInstallation } from './measured-installation';

const hour = 3_600_000;
const token = 'bench-token';

/** Lists, and passes of retention that keep everything, over backups of two days ago of which nothing is known yet. */
export async function measureBackups(
  { installation, inMemory, advance, setTime, measure }: MeasuredInstallation,
  size: number,
  say: (line: string) => void,
): Promise<Measurement[]> {
  await setTime('2026-11-22T10:00:00Z');
  await commitBackups(installation, size, '720h');
  await advance(48 * hour);
  const found: Measurement[] = [];
  const cost = async (group: string, what: string, work: () => Promise<unknown>) => {
    const measured = { group, what, size, inMemory, ...(await measure(work)) };
    say(`${size} backups, ${group}, ${what}: ${measured.requests} requests`);
    found.push(measured);
  };
  const page = apiPage(installation);
  const retention = 'pass of retention, by backups';
  await cost('GET /backups (one page), by backups', 'first', page);
  await cost('GET /backups (one page), by backups', 'later', page);
  await cost('backup get, by backups', 'first', () => backupGet(installation));
  await cost('backup get, by backups', 'later', () => backupGet(installation));
  await cost(retention, 'first', () => pass(installation, size));
  await advance(hour);
  await cost(retention, 'later', () => pass(installation, size));
  return found;
}

/** What a deletion costs over all passes, from the first to the one that removes the content, without what passes cost anyway. */
export async function measureDeletions(
  { installation, inMemory, advance, setTime, measure }: MeasuredInstallation,
  size: number,
): Promise<Measurement[]> {
  await setTime('2026-11-22T10:00:00Z');
  // Of each schedule the newest backup stays, whatever its TTL.
  await commitBackups(installation, 2 * size, '24h');
  await advance(12 * hour);
  await expireInstallation(installation);
  await advance(hour);
  const quiet = await measure(() => expireInstallation(installation));
  await advance(12 * hour);
  const passes = 28;
  let gone = 0;
  const all = await measure(async () => {
    for (let n = 0; n < passes; n += 1) {
      const done = (await expireInstallation(installation)).vaults.main;
      if (done && 'deletions' in done)
        gone += done.deletions.filter(({ state }) => state === 'deleted').length;
      await advance(hour);
    }
  });
  if (gone !== size) throw new Error(`${gone} backups were deleted, where ${size} had to be`);
  return [
    {
      group: 'one deletion, over all hourly passes until its content is gone',
      what: `mean of ${size}`,
      size: 1,
      inMemory,
      requests: Math.round((all.requests - passes * quiet.requests) / size),
      cpuSeconds: Math.max(0, all.cpuSeconds - passes * quiet.cpuSeconds) / size,
    },
  ];
}

async function pass(installation: Installation, size: number): Promise<void> {
  const { main } = (await expireInstallation(installation)).vaults;
  if (!main || !('kept' in main) || main.kept !== size || main.failed.length > 0)
    throw new Error(`the pass did not keep all backups: ${JSON.stringify(main)}`);
}

/** As a page that refreshes itself asks for it. */
function apiPage(installation: Installation): () => Promise<void> {
  const tokenSha256 = createHash('sha256').update(token).digest('hex');
  const open = async () => ({ ...installation, asksOnly: true });
  return async () => {
    const response = await createApi({ open, tokenSha256 }).request('/backups', {
      headers: { authorization: `Bearer ${token}` },
    });
    if (response.status !== 200) throw new Error(`GET /backups answered ${response.status}`);
    await response.text();
  };
}

async function backupGet(installation: Installation): Promise<void> {
  const command = backupCommand({
    screen: { out: () => {}, note: () => {}, live: false, colors: pc.createColors(false) },
    clock: installation.clock,
    open: async () => installation,
    exitWith: () => {},
  });
  await command.parseAsync(['node', 'lifeboat', 'get']);
}
