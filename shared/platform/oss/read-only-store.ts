import { LifeboatError } from '../errors';
import type { ObjectStore } from './port';

/**
 * The same objects, and nothing that would write, delete or abort: each such call throws `denied` before anything is sent.
 * @param what how messages name it: `vault "theirs"`
 */
export function readOnlyStore(store: ObjectStore, what: string): ObjectStore {
  const refuse = (): never => {
    throw new LifeboatError('denied', `${what} is read-only: nothing is written to it or deleted from it`, {
      hint: 'use another vault for what is to be written',
    });
  };
  const refuseLater = async (): Promise<never> => refuse();
  return {
    name: store.name,
    bucket: store.bucket,
    prefix: store.prefix,
    head: (key) => store.head(key),
    get: (key, options) => store.get(key, options),
    read: (key, options) => store.read(key, options),
    list: (prefix, options) => store.list(prefix, options),
    versions: (key) => store.versions(key),
    uploads: (prefix) => store.uploads(prefix),
    at: (prefix) => readOnlyStore(store.at(prefix), what),
    put: refuseLater,
    create: refuseLater,
    delete: refuseLater,
    startUpload: refuseLater,
    resumeUpload: refuse,
  };
}
