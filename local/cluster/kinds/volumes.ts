import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { type KindRule, specOf } from './kind-rule';

export const claimProtection = 'kubernetes.io/pvc-protection';
export const volumeProtection = 'kubernetes.io/pv-protection';
export const classStorage = 'storageclasses.storage.k8s.io';
const defaultClass = 'storageclass.kubernetes.io/is-default-class';

/** What the server reads of a claim's spec. */
export interface ClaimSpec {
  accessModes?: string[];
  resources?: { requests?: { storage?: string } };
  storageClassName?: string;
  volumeName?: string;
  volumeMode?: string;
  [field: string]: unknown;
}

/** Claims: a default class, a finalizer, and a spec that stays. */
export const claimRule: KindRule = {
  initialStatus: () => ({ phase: 'Pending' }),
  onCreate(claim, storage) {
    const spec = specOf<ClaimSpec>(claim);
    spec.volumeMode ??= 'Filesystem';
    if (spec.storageClassName === undefined) {
      const found = storage
        .collection(classStorage)
        .sorted()
        .find((each) => each.object().metadata.annotations?.[defaultClass] === 'true');
      if (found) spec.storageClassName = found.name;
    }
    claim.metadata.finalizers = [...new Set([...(claim.metadata.finalizers ?? []), claimProtection])];
  },
  validate(next, _storage, previous) {
    if (!previous) return [];
    const bare = (claim: KubeObject) => {
      const {
        resources: _r,
        volumeName: _v,
        volumeAttributesClassName: _c,
        ...rest
      } = (claim.spec ?? {}) as ClaimSpec;
      return rest;
    };
    const old = (previous.spec as ClaimSpec).volumeName;
    const renamed = old !== undefined && old !== (next.spec as ClaimSpec).volumeName;
    if (isDeepStrictEqual(bare(next), bare(previous)) && !renamed) return [];
    const message =
      'Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
    return [{ reason: 'FieldValueForbidden', message, field: 'spec' }];
  },
};

/** Volumes: a reclaim policy and a finalizer. */
export const volumeRule: KindRule = {
  initialStatus: () => ({ phase: 'Pending' }),
  onCreate(volume) {
    const spec = specOf<Record<string, unknown>>(volume);
    spec.volumeMode ??= 'Filesystem';
    spec.persistentVolumeReclaimPolicy ??= 'Retain';
    volume.metadata.finalizers = [...new Set([...(volume.metadata.finalizers ?? []), volumeProtection])];
  },
};
