import type { ApiResource } from './api-resource';

/** A resource of one version before it is known which version is preferred. */
export type ServedResource = Omit<ApiResource, 'preferred'>;

/** One API group, its versions in the order the server prefers them. */
export interface ServedGroup {
  name: string;
  versions: { version: string; resources: ServedResource[]; stale?: string }[];
}
