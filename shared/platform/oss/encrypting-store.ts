import type { ObjectStore } from './port';
import { storeOver } from './store-over';

/**
 * The same objects, of which OSS encrypts those in some folders under a key of KMS (SSE-KMS). Uploads in parts are passed
 * on as they are: what is secret is small.
 * @param folders as they lie in this store, with their slash: `clusters/`
 */
export function encryptingStore(
  store: ObjectStore,
  sseKmsKey: string,
  folders: readonly string[],
): ObjectStore {
  const encryption = (key: string) => (folders.some((folder) => key.startsWith(folder)) ? { sseKmsKey } : {});
  return storeOver(store, {
    put: (key, body, options) => store.put(key, body, { ...options, ...encryption(key) }),
    create: (key, body, options) => store.create(key, body, { ...options, ...encryption(key) }),
    at: (prefix) =>
      encryptingStore(
        store.at(prefix),
        sseKmsKey,
        folders.flatMap((folder) =>
          folder.startsWith(prefix) ? [folder.slice(prefix.length)] : prefix.startsWith(folder) ? [''] : [],
        ),
      ),
  });
}
