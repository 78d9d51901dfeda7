import type { ApiResource } from '../../../platform/kubernetes/api-resource';

/** Where an object lies, or is to lie, in the target. */
export interface Place {
  /** In the version that it is sent in. */
  resource: ApiResource;
  groupResource: string;
  namespace?: string;
  name: string;
}
