import { LifeboatError, messageOf } from '../../../platform/errors';
import type { Log } from '../../../platform/log/log';
import type { Vault } from '../../../formats/manifests/vault';
import type { ObjectStore } from '../../../platform/oss/port';
import type { Signer } from '../../../formats/vault/proof/signer';
import type { CollectedState } from './collect-state';
import { encodeExport } from './export-file';
import { exportKey } from './export-keys';
import { listExports } from './exports';
import type { StateExport } from './state-export';

/** So many exports of an installation stay in a vault. */
const keptExports = 30;

export interface ExportWork {
  installation: string;
  /** UTC, `2026-11-23`. */
  day: string;
  /** Read once for all vaults, and only when one has no export of the day. */
  collect(): Promise<CollectedState>;
  /** Asked when an export is written. */
  signer?(): Promise<Signer | undefined>;
  log: Log;
}

/** What was done in one vault. */
export interface VaultExport {
  day: string;
  /** False when the export of the day was there. */
  written: boolean;
  bytes?: number;
  /** Days whose exports were removed. */
  removed: string[];
  /** Keys of what is not in it. */
  leftOut?: string[];
}

/**
 * Puts the state's export of the day into a vault unless it is there: create-only, read back, and the ones before the newest
 * 30 of this installation removed. Costs one request when it is there.
 * @param store of the vault, bound to its subdirectory
 */
export async function exportTo(store: ObjectStore, vault: Vault, work: ExportWork): Promise<VaultExport> {
  const { installation, day, collect, signer, log } = work;
  const key = exportKey({ installation, day });
  if (await store.head(key)) return { day, written: false, removed: [] };
  const collected = await collect();
  const bytes = await encodeExport(contentFor(vault, work, collected), await signer?.());
  // The vault may be versioned: looked for above, and whoever is first has the same right.
  const { created } = await store.create(key, bytes, { exclusive: false, contentType: 'application/gzip' });
  if (created) await readBack(store, key, bytes);
  const leftOut = collected.leftOut.map(({ key: left, path }) =>
    path === undefined ? left : `${left} ${path}`,
  );
  if (created && leftOut.length > 0)
    log.warn(`The export of the state to vault ${vault.metadata.name} is without ${leftOut.length} things`, {
      name: vault.metadata.name,
      leftOut: leftOut.slice(0, 20).join(', '),
    });
  const removed = await removeOld(store, work);
  return { day, written: created, ...(created && { bytes: bytes.length }), removed, leftOut };
}

function contentFor(
  { metadata, spec }: Vault,
  { installation, day }: ExportWork,
  collected: CollectedState,
): StateExport {
  const { region, bucket, subdirectory, networkType } = spec;
  return {
    kind: 'StateExport',
    format: 1,
    installation,
    day,
    vault: {
      name: metadata.name,
      region,
      bucket,
      ...(subdirectory !== undefined && { subdirectory }),
      networkType,
    },
    ...collected,
  };
}

async function readBack(store: ObjectStore, key: string, bytes: Buffer): Promise<void> {
  const { body } = await store.get(key);
  if (body.equals(bytes)) return;
  throw new LifeboatError('corrupt', `${store.name}${key} is not what was written`, {
    hint: 'delete it, and the next hour writes it again',
  });
}

/** What a lock holds goes on a later day. */
async function removeOld(store: ObjectStore, { installation, log }: ExportWork): Promise<string[]> {
  const removed: string[] = [];
  for (const { day } of (await listExports(store, installation)).slice(keptExports)) {
    try {
      await store.delete([exportKey({ installation, day })]);
      removed.push(day);
    } catch (error) {
      log.info(`The export of ${day} stays in ${store.name}`, { error: messageOf(error) });
      break;
    }
  }
  return removed;
}
