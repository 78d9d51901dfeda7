import { type Vault, vaultPrefix } from '../../shared/formats/manifests/vault';

/** Where it is: `oss://bucket/prefix`. */
export function placeText(vault: Vault): string {
  return `oss://${vault.spec.bucket}/${vaultPrefix(vault)}`;
}
