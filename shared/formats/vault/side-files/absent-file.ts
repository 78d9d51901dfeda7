import { LifeboatError } from '../../../platform/errors';
import type { ObjectStore } from '../../../platform/oss/port';

/** Says that a backup or a restore lacks one of its side files, which is no damage. @param what `log`, `resource list` */
export function absentFile(vault: ObjectStore, key: string, what: string, cause: unknown): LifeboatError {
  const [folder, name = ''] = key.split('/');
  const word = folder === 'restores' ? 'restore' : 'backup';
  return new LifeboatError('not-found', `${word} ${name} in ${vault.name} has no ${what}`, {
    hint: `whoever wrote it left none, or it was removed; \`lifeboat ${word} describe ${name}\` shows what is there`,
    cause,
  });
}
