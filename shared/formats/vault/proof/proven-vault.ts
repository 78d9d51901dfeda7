import { sha256Hex } from '../../../platform/sha256';
import { isKind, LifeboatError } from '../../../platform/errors';
import type { ObjectStore } from '../../../platform/oss/port';
import { storeOver } from '../../../platform/oss/store-over';

/**
 * A vault of which some objects are known by their SHA-256 (hex, by key): reading one whole gives these bytes or throws
 * `corrupt`, also when the object is gone. So what was proved is what is used, whatever happens in the vault meanwhile.
 * Streams pass as they are: whoever reads an archive proves it by its catalogue.
 * @param whole a folder of which every object is known: to a reader others in it are not there, so that what somebody adds
 * to a proved backup is not taken for a part of it
 */
export function provenVault(
  vault: ObjectStore,
  proofs: ReadonlyMap<string, string>,
  whole?: string,
): ObjectStore {
  const isAdded = (key: string) => whole !== undefined && key.startsWith(whole) && !proofs.has(key);
  const assertPart = (key: string) => {
    if (isAdded(key)) {
      throw new LifeboatError('not-found', `${vault.name}${key} is not a part of the backup`);
    }
  };
  return storeOver(vault, {
    async get(key, options) {
      assertPart(key);
      const expected = options?.range ? undefined : proofs.get(key);
      if (expected === undefined) return vault.get(key, options);
      try {
        const stored = await vault.get(key, options);
        if (sha256Hex(stored.body) === expected) return stored;
      } catch (error) {
        if (!isKind(error, 'not-found')) throw error;
      }
      throw new LifeboatError('corrupt', `${vault.name}${key} is not what was written`, {
        hint: 'somebody changed the vault: see `lifeboat backup verify`',
      });
    },
    head: async (key) => (isAdded(key) ? undefined : vault.head(key)),
    read(key, options) {
      assertPart(key);
      return vault.read(key, options);
    },
    async *list(prefix, options) {
      for await (const page of vault.list(prefix, options))
        yield { ...page, objects: page.objects.filter(({ key }) => !isAdded(key)) };
    },
  });
}
