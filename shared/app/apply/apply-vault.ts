import { isDeepStrictEqual } from 'node:util';
import type { Vault } from '../../formats/manifests/vault';
import { LifeboatError } from '../../platform/errors';
import type { Installation } from '../installation';
import { addVault } from '../vaults/add-vault';
import { shareVault, unshareVault } from '../vaults/share-vault';
import type { Applied, ApplyTerms, ManifestText } from './manifest-text';

/**
 * Registers a vault, or shares one and stops sharing it by `spec.share`. A dry run does not look at the place of a new one.
 * @throws LifeboatError as `addVault`, `shareVault` and `unshareVault` do; `invalid` when another field differs
 */
export async function applyVault(
  installation: Installation,
  { kind, metadata, spec }: ManifestText,
  { dryRun = false }: Pick<ApplyTerms<Vault>, 'dryRun'> = {},
): Promise<Applied<Vault>> {
  const { vaults } = installation.state;
  const checked = vaults.check({ kind, metadata, spec });
  const was = await vaults.find(metadata.name);
  if (!was) {
    if (dryRun) await vaults.assertAdmitted(checked);
    const manifest = dryRun ? checked : (await addVault(installation, checked)).vault;
    return { outcome: 'created', manifest };
  }
  if (!isDeepStrictEqual(withoutShare(checked), withoutShare(was))) {
    throw new LifeboatError('invalid', `vault "${metadata.name}" is another one`, {
      hint: 'where a vault lies is not changed: register another under a new name',
    });
  }
  const share = checked.spec.share === true;
  if (share === (was.spec.share === true)) return { outcome: 'unchanged', manifest: was };
  const manifest = await (share ? shareVault : unshareVault)(installation, metadata.name, { dryRun });
  return { outcome: 'configured', manifest };
}

function withoutShare({ spec, ...rest }: Vault): unknown {
  const { share: _, ...others } = spec;
  return { ...rest, spec: others };
}
