import { isKind } from '../../../platform/errors';
import type { ObjectStore, StoredObject } from '../../../platform/oss/port';
import { storeOver } from '../../../platform/oss/store-over';

/** Larger objects are read again. A catalogue of so many bytes is that of an archive of 40 GB. */
const keptBytes = 1 << 20;

/**
 * Returns a vault that asks OSS only once for each of a few objects that are read whole, also where two readers ask at once. It
 * keeps their bytes, or that they are absent, so that the bytes that are judged and the bytes that are used are the same.
 * Objects of more than 1 MiB and reads that failed are not kept.
 * @param keys of the few objects
 */
export function readOnce(vault: ObjectStore, keys: readonly string[]): ObjectStore {
  const kept = new Map<string, { reading: Promise<StoredObject>; maxBytes: number | undefined }>();
  return storeOver(vault, {
    async get(key, options = {}) {
      const { maxBytes, ...others } = options;
      if (!keys.includes(key) || Object.keys(others).length > 0) return vault.get(key, options);
      const known = kept.get(key);
      // Another limit is another question: the first answer may be too large for it, or refused by the first.
      if (known && known.maxBytes === maxBytes) return known.reading;
      const reading = vault.get(key, options);
      kept.set(key, { reading, maxBytes });
      const forget = () => kept.delete(key);
      reading.then(
        ({ body }) => body.length > keptBytes && forget(),
        (error: unknown) => isKind(error, 'not-found') || forget(),
      );
      return reading;
    },
  });
}
