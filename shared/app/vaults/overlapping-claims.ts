import { LifeboatError } from '../../platform/errors';
import type { Vault } from '../../formats/manifests/vault';
import { type Claim, readClaims } from '../../formats/vault/claims/claims';
import type { Installation } from '../installation';

/** Folders between the root of the bucket and a vault that are looked at. */
const mostParents = 16;

/** What a vault may hold at its top, as Velero checks it: another vault can only lie in one of these. */
const folders = ['backups', 'restores', 'restic', 'kopia', 'metadata', 'plugins'];

/**
 * Throws `conflict` where another installation has claimed a folder above the vault, or one at its top: it would list, expire and
 * delete what lies here, or this one what lies there, shared or not. Costs one listing for each of these folders. A folder that
 * the credentials may not list says nothing.
 */
export async function refuseOverlapping(
  { id, openVaultStore }: Pick<Installation, 'id' | 'openVaultStore'>,
  vault: Vault,
): Promise<void> {
  const { subdirectory = '' } = vault.spec;
  const parts = subdirectory === '' ? [] : subdirectory.split('/');
  const above = parts.map((_, depth) => parts.slice(0, depth).join('/')).slice(0, mostParents);
  const below = folders.map((folder) => [...parts, folder].join('/'));
  const found = await Promise.all(
    [...above, ...below].map(async (place) => ({ place, claims: await claimsAt(place) })),
  );
  for (const { place, claims } of found) {
    const other = claims.find(({ installation, word }) => installation !== id && word !== 'ended');
    if (other) throw overlaps(vault, place, other);
  }

  async function claimsAt(place: string): Promise<Claim[]> {
    const spec = { ...vault.spec, subdirectory: place === '' ? undefined : place };
    try {
      return await readClaims(openVaultStore({ ...vault, spec }));
    } catch {
      return [];
    }
  }
}

function overlaps({ metadata, spec }: Vault, place: string, { installation }: Claim): LifeboatError {
  const where = place === '' ? 'the whole bucket' : `"${place}"`;
  return new LifeboatError(
    'conflict',
    `vault "${metadata.name}" overlaps ${where} of bucket ${spec.bucket}, which installation ${installation} has claimed`,
    {
      hint: 'choose a subdirectory beside it, neither above nor within; if that installation is gone, delete its claim in metadata/lifeboat/installations/ there',
    },
  );
}
