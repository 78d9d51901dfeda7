import { LifeboatError } from '../../platform/errors';
import type { Vault } from '../../formats/manifests/vault';
import { assertInReach } from './open-vault';
import { examineVault, type VaultFinding } from './examine-vault';
import type { Installation } from '../installation';
import { keepSecret, type SealedSecret } from '../secrets/keep-secret';
import { record } from '../record';
import { claimVault, releaseVault } from './claim-vault';
import { sealVaultSecret } from './vault-credentials';
import { refuseNeighbours } from './vault-neighbours';

/** A vault that was registered, and what was seen of its place. */
export interface AddedVault {
  vault: Vault;
  findings: VaultFinding[];
}

/**
 * Registers a vault once its place has been looked at: it must answer, lie in its region, hold nothing that would make
 * Velero call it Unavailable, and take what is written, unless it is read-only. Throws `invalid` naming the field, the
 * foreign folder or the right region, `not-found` for the bucket, `denied`, or `conflict` when the name is taken or another
 * installation writes there; nothing is stored then.
 * @param manifest without `spec.accessKey`
 * @param accessKey the vault's own, if it has one; its secret is sealed before it is written anywhere
 * @param replace the installation that is gone and whose place this one takes
 */
export async function addVault(
  installation: Installation,
  manifest: unknown,
  accessKey?: { id: string; secret: string },
  { replace }: { replace?: string } = {},
): Promise<AddedVault> {
  const { state, settings } = installation;
  const checked = state.vaults.check(manifest);
  assertInReach(checked, settings.region);
  await assertFree(installation, checked.metadata.name);
  if (accessKey && checked.spec.role) {
    throw new LifeboatError('invalid', `vault "${checked.metadata.name}" has both an access key and a role`, {
      hint: 'keep one of the two',
    });
  }
  const vault = accessKey ? withAccessKey(installation, checked, accessKey) : checked;
  await refuseNeighbours(installation, vault);
  const findings = await examineVault(installation, vault);
  const wrong = findings.find(({ level }) => level === 'error');
  if (wrong) throw new LifeboatError(wrong.kind ?? 'invalid', wrong.message, { hint: wrong.hint });
  if (accessKey) await keepSecret(installation, accessKeySecret(vault, accessKey.secret));
  await claimVault(installation, vault, replace);
  const created = await state.vaults.create(vault).catch(async (error: unknown) => {
    await releaseVault(installation, vault).catch(() => {});
    throw error;
  });
  await record(installation, { action: 'create', what: 'vault', name: vault.metadata.name });
  return { vault: created, findings };
}

/** Before anything is looked at or kept. */
async function assertFree({ state }: Installation, name: string): Promise<void> {
  if (!(await state.vaults.find(name))) return;
  throw new LifeboatError('conflict', `vault "${name}" exists already`, {
    hint: `choose another name, or look at it with \`lifeboat vault describe ${name}\``,
  });
}

function withAccessKey(
  installation: Installation,
  vault: Vault,
  { id, secret }: { id: string; secret: string },
): Vault {
  const { name } = vault.metadata;
  const sealedSecret = sealVaultSecret(
    secret.trim(),
    { name, bucket: vault.spec.bucket, accessKeyId: id },
    installation,
  );
  return installation.state.vaults.check({
    ...vault,
    spec: { ...vault.spec, accessKey: { id, sealedSecret } },
  });
}

function accessKeySecret({ metadata, spec }: Vault, secret: string): SealedSecret {
  return {
    key: `vaults/${metadata.name}.json`,
    path: 'spec.accessKey.sealedSecret',
    sealed: spec.accessKey?.sealedSecret,
    text: secret.trim(),
  };
}
