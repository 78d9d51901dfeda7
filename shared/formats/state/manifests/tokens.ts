import { type TokenManifest, tokenSchema } from '../../manifests/token';
import type { ObjectStore } from '../../../platform/oss/port';
import { type ManifestFolder, manifestFolder } from './manifest-folder';

/** `tokens/<name>.json`: hashes of the bearer tokens of the HTTP API, with what each may do. */
export function tokens(store: ObjectStore): ManifestFolder<TokenManifest> {
  return manifestFolder(store, { folder: 'tokens/', word: 'token', schema: tokenSchema });
}
