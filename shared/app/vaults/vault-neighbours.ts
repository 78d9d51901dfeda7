import { LifeboatError } from '../../platform/errors';
import { type Vault, vaultPrefix } from '../../formats/manifests/vault';
import type { Installation } from '../installation';

/**
 * A vault inside another makes Velero call the outer one Unavailable, and two at one place would each expire what is the
 * other's. Throws `conflict` naming the other one, and `invalid` for a place that overlaps the state.
 */
export async function refuseNeighbours({ state }: Installation, vault: Vault): Promise<void> {
  state.vaults.assertApart(vault);
  const prefix = vaultPrefix(vault);
  for (const other of (await state.vaults.list()).items) {
    if (other.metadata.name === vault.metadata.name || other.spec.bucket !== vault.spec.bucket) continue;
    const theirs = vaultPrefix(other);
    if (!prefix.startsWith(theirs) && !theirs.startsWith(prefix)) continue;
    const place = (text: string) => `oss://${vault.spec.bucket}/${text}`;
    throw new LifeboatError(
      'conflict',
      `vault "${vault.metadata.name}" at ${place(prefix)} overlaps vault "${other.metadata.name}" at ${place(theirs)}`,
      { hint: 'give it a subdirectory beside the other one, or use that vault' },
    );
  }
}
