import { isKind, LifeboatError } from '../../../platform/errors';
import { parsePublicKey } from '../../../formats/manifests/public-key';
import type { ObjectStore } from '../../../platform/oss/port';
import { decodeExport, type ReadExport } from './export-file';
import { type ExportId, exportIdOf, exportKey, stateExports } from './export-keys';

/** An export as a list shows it. */
export interface ListedExport extends ExportId {
  bytes: number;
  /** By OSS's time. */
  written: Date;
}

const maxBytes = 32 << 20;

/**
 * The exports that lie in a vault, of all installations or one, newest first. One of a day that had not come when it was written
 * was not made by Lifeboat, and is passed over: it would be the newest, and push the real ones out.
 */
export async function listExports(vault: ObjectStore, installation?: string): Promise<ListedExport[]> {
  const found: ListedExport[] = [];
  const prefix = installation === undefined ? stateExports : `${stateExports}${installation}/`;
  for await (const page of vault.list(prefix)) {
    for (const { key, size, lastModified } of page.objects) {
      const id = exportIdOf(key);
      if (id && hadCome(id.day, lastModified)) found.push({ ...id, bytes: size, written: lastModified });
    }
  }
  return found.sort((a, b) =>
    a.day === b.day ? compare(a.installation, b.installation) : compare(b.day, a.day),
  );
}

/** A day for clocks that disagree. */
function hadCome(day: string, written: Date): boolean {
  return Date.parse(day) <= written.getTime() + 86_400_000;
}

/** Reads one. Throws `not-found`, or `corrupt` when it is not what was written. */
export async function readExport(vault: ObjectStore, id: ExportId): Promise<ReadExport> {
  const key = exportKey(id);
  try {
    const { body } = await vault.get(key, { maxBytes });
    return decodeExport(body, id, `${vault.name}${key}`);
  } catch (error) {
    if (!isKind(error, 'not-found')) throw error;
    throw new LifeboatError('not-found', `${vault.name} holds no export of ${id.installation} of ${id.day}`, {
      hint: 'see what it holds with `lifeboat state exports`',
    });
  }
}

/**
 * The export that is meant: of the installation and day that are named, else of the only installation there is, its newest.
 * Throws `not-found` when the vault holds none, `invalid` when several installations have some and none is named.
 */
export async function chooseExport(
  vault: ObjectStore,
  wanted: { installation?: string; day?: string },
): Promise<ExportId> {
  const all = await listExports(vault, wanted.installation);
  const installations = [...new Set(all.map(({ installation }) => installation))];
  if (installations.length > 1) {
    throw new LifeboatError(
      'invalid',
      `${vault.name} holds exports of ${installations.length} installations`,
      {
        hint: `name one with --installation: ${installations.join(', ')}`,
      },
    );
  }
  const found = all.find(({ day }) => wanted.day === undefined || day === wanted.day);
  if (found) return found;
  const of = wanted.installation === undefined ? '' : ` of installation ${wanted.installation}`;
  const on = wanted.day === undefined ? '' : ` of ${wanted.day}`;
  throw new LifeboatError('not-found', `${vault.name} holds no export of a state${of}${on}`, {
    hint: 'see what it holds with `lifeboat state exports`, and look for region, bucket and prefix of the vault',
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Throws `denied` when a key is trusted and it is not the one that signed the export, `invalid` for what is no key. */
export function assertSignedBy({ signedBy, content }: ReadExport, trustedKey: string | undefined): void {
  if (trustedKey === undefined || signedBy === parsePublicKey(trustedKey)) return;
  const who = signedBy === undefined ? 'nobody' : `key ${signedBy}`;
  throw new LifeboatError(
    'denied',
    `the export of ${content.installation} of ${content.day} is signed by ${who}, not by the key that is trusted`,
    { hint: 'look who can write to the vault, and take the export of another day or vault' },
  );
}
