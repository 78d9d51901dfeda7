import { LifeboatError } from '../../platform/errors';
import { parsePublicKey } from '../../formats/manifests/public-key';
import type { Vault } from '../../formats/manifests/vault';
import type { Installation } from '../installation';
import { record } from '../record';

/**
 * Has readers take what a key signed in a vault as proved, or no longer. Answers with the vault as it is stored.
 * @throws LifeboatError `not-found` for the vault or a key that is not trusted; `invalid` for what is not a key
 */
export async function trustKey(
  installation: Installation,
  name: string,
  { key: text, remove = false }: { key: string; remove?: boolean },
): Promise<Vault> {
  const { vaults } = installation.state;
  const key = parsePublicKey(text);
  const stored = await vaults.change(name, (vault) => {
    const trusted = vault.spec.trustedKeys ?? [];
    if (remove && !trusted.includes(key)) {
      throw new LifeboatError('not-found', `vault "${name}" does not trust key ${key}`, {
        hint: `see which keys it trusts with \`lifeboat vault describe ${name}\``,
      });
    }
    const others = trusted.filter((one) => one !== key);
    return { ...vault, spec: { ...vault.spec, trustedKeys: remove ? others : [...others, key] } };
  });
  await record(installation, { action: remove ? 'distrust' : 'trust', what: `key ${key} in vault`, name });
  return stored;
}
