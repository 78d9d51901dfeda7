import type { ObjectStore } from './port';

/** Returns a store that does what `store` does, and what `changes` say in their place. */
export function storeOver(store: ObjectStore, changes: Partial<ObjectStore>): ObjectStore {
  return {
    name: store.name,
    bucket: store.bucket,
    prefix: store.prefix,
    head: (key) => store.head(key),
    get: (key, options) => store.get(key, options),
    read: (key, options) => store.read(key, options),
    put: (key, body, options) => store.put(key, body, options),
    create: (key, body, options) => store.create(key, body, options),
    list: (prefix, options) => store.list(prefix, options),
    versions: (key) => store.versions(key),
    delete: (keys) => store.delete(keys),
    startUpload: (key, options) => store.startUpload(key, options),
    resumeUpload: (key, id) => store.resumeUpload(key, id),
    uploads: (prefix) => store.uploads(prefix),
    at: (prefix) => store.at(prefix),
    ...changes,
  };
}
