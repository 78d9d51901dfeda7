import type { VaultFinding } from '../../shared/app/vaults/examine-vault';
import type { Vault } from '../../shared/formats/manifests/vault';

/** The sealed secret is of no use to a reader, and a screen is no place for it. */
export function withoutSeal(vault: Vault): Vault {
  const { accessKey, ...spec } = vault.spec;
  if (!accessKey) return vault;
  const shown = { id: accessKey.id, sealingKey: accessKey.sealedSecret.keyId };
  return { ...vault, spec: { ...spec, accessKey: shown } } as unknown as Vault;
}

/** Whose rights a vault is used with. */
export function credentialsText({ spec }: Vault): string {
  if (spec.role) return `role ${spec.role.arn}`;
  return spec.accessKey ? `access key ${spec.accessKey.id}` : 'those of the functions';
}

/** `warning: the bucket keeps … (what to do)`. */
export function findingText({ level, message, hint }: VaultFinding): string {
  const text = hint === undefined ? message : `${message} (${hint})`;
  return level === 'ok' ? text : `${level}: ${text}`;
}
