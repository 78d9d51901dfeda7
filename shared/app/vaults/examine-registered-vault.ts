import type { Vault } from '../../formats/manifests/vault';
import type { Installation } from '../installation';
import { examineClaims } from './examine-claims';
import { examineVault, type VaultFinding } from './examine-vault';

/** Looks at the place of a registered vault, and where it answers, at who else says that they write there. Never throws for what is found. */
export async function examineRegisteredVault(
  installation: Installation,
  vault: Vault,
): Promise<VaultFinding[]> {
  const found = await examineVault(installation, vault);
  const isReachable = !found.some(({ check, level }) => check === 'reachable' && level === 'error');
  return isReachable ? [...found, ...(await examineClaims(installation, vault))] : found;
}
