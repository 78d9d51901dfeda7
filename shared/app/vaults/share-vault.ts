import { LifeboatError } from '../../platform/errors';
import type { Schedule } from '../../formats/manifests/schedule';
import { carryingInstallation } from '../../formats/manifests/schedule-names';
import type { Vault } from '../../formats/manifests/vault';
import { opposing, readClaims } from '../../formats/vault/claims/claims';
import { sayInVault } from '../../formats/vault/claims/write-claim';
import type { Installation } from '../installation';
import { record } from '../record';
import { carriedSince, goesTo } from './named-for-vaults';
import { opposedText, refuseNamesake } from './claim-vault';
import { assertWritable } from './writable-vault';

/**
 * Lets other installations that say the same write to a vault too: the names of its schedules' backups carry this installation
 * from a quarter of an hour from now on. Can be repeated where it broke off.
 * @throws LifeboatError `not-found`; `invalid` for a read-only vault, and naming a schedule whose names would be too long;
 * `conflict` where an installation that shares it has the same short id. Nothing is changed then
 */
export async function shareVault(
  installation: Installation,
  name: string,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<Vault> {
  const { id, state } = installation;
  const vault = await state.vaults.get(name);
  assertWritable(vault, 'who only reads keeps nobody from writing');
  const store = installation.openVaultStore(vault);
  refuseNamesake(vault, id, await readClaims(store));
  const since = carriedSince(installation);
  const carrying = (schedule: Schedule): Schedule => ({
    ...schedule,
    spec: carryingInstallation(schedule.spec, id, since),
  });
  const schedules = (await state.schedules.list()).items.filter((schedule) => goesTo(schedule, vault));
  for (const schedule of schedules) state.schedules.check(carrying(schedule));
  if (dryRun) return vault;
  // A schedule that is made meanwhile sees the vault as shared.
  const stored = await state.vaults.change(name, (now) => ({ ...now, spec: { ...now.spec, share: true } }));
  for (const { metadata } of schedules) await state.schedules.change(metadata.name, carrying);
  // Last: from here on others may come, and the names are settled.
  await sayInVault(store, id, 'shared');
  await record(installation, { action: 'share', what: 'vault', name });
  return stored;
}

/**
 * Lets no other installation write to a vault any more. Names that carry this installation go on to do so.
 * @throws LifeboatError `not-found`; `conflict` naming an installation that writes there: nothing is changed then
 */
export async function unshareVault(
  installation: Installation,
  name: string,
  { dryRun = false }: { dryRun?: boolean } = {},
): Promise<Vault> {
  const { id, state } = installation;
  const vault = await state.vaults.get(name);
  const store = installation.openVaultStore(vault);
  refuseOthers(vault, opposing(await readClaims(store), id, false));
  if (dryRun) return vault;
  await sayInVault(store, id, 'claimed');
  // One that came meanwhile was let in by the word that stood there before.
  const others = opposing(await readClaims(store), id, false);
  if (others.length > 0) await sayInVault(store, id, 'shared');
  refuseOthers(vault, others);
  const stored = await state.vaults.change(name, ({ spec: { share: _, ...spec }, ...rest }) => ({
    ...rest,
    spec,
  }));
  await record(installation, { action: 'unshare', what: 'vault', name });
  return stored;
}

function refuseOthers(vault: Vault, [other]: ReturnType<typeof opposing>): void {
  if (!other) return;
  throw new LifeboatError('conflict', opposedText(vault, other), {
    hint: `let that installation delete the vault first; if it is gone: \`lifeboat state adopt ${other.installation}\``,
  });
}
