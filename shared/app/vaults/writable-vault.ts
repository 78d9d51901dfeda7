import { LifeboatError } from '../../platform/errors';
import { isReadOnly, type Vault } from '../../formats/manifests/vault';

/** Throws `invalid` for a read-only vault. @param why `no backup is made into it` */
export function assertWritable(vault: Vault, why: string): void {
  if (!isReadOnly(vault)) return;
  throw new LifeboatError('invalid', `vault "${vault.metadata.name}" is read-only: ${why}`, {
    hint: 'name another vault; `lifeboat vault get` shows which are read-only',
  });
}
