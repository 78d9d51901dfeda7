import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { type ClaimSpec, claimProtection, classStorage, volumeProtection } from '../kinds/volumes';
import type { Change } from '../objects/collection';
import type { Controller, ControllerContext } from './controllers';
import { removeFinalizer } from './garbage-collector';

/**
 * Binds claims: to the volume that names them or that they name, else to one made for them when their class exists.
 * Nothing is stored in such a volume. Sizes, access modes and topology are not compared, late binding is not awaited.
 */
export function volumeController(provisions: boolean): Controller {
  return (change, context) => react(change, { ...context, provisions });
}

type VolumeContext = ControllerContext & {
  /** False where claims wait for a volume made by hand. */
  provisions: boolean;
};

function react(change: Change, context: VolumeContext): void {
  const { object } = change;
  const key = object.key;
  if (object.storage === 'persistentvolumeclaims') {
    if (change.type === 'DELETED') release(object.uid, context);
    else context.enqueue(`claim ${key}`, () => bind(key, context));
  } else if (object.storage === 'persistentvolumes' && change.type !== 'DELETED') {
    context.enqueue(`volume ${key}`, () => settleVolume(key, context));
  } else if (object.storage === classStorage && change.type === 'ADDED') {
    for (const claim of context.storage.collection('persistentvolumeclaims').sorted()) {
      context.enqueue(`claim ${claim.key}`, () => bind(claim.key, context));
    }
  }
}

function bind(key: string, context: VolumeContext): void {
  const { storage, served, api } = context;
  const stored = storage.collection('persistentvolumeclaims').get(key);
  if (!stored) return;
  if (stored.meta.deletionTimestamp) {
    if (stored.meta.finalizers?.includes(claimProtection)) removeFinalizer(stored, claimProtection, context);
    return;
  }
  const claim = stored.object();
  const spec = claim.spec as ClaimSpec;
  const volumes = storage.collection('persistentvolumes');
  if (claim.status?.phase === 'Bound' || claim.status?.phase === 'Lost') return;
  let volume = spec.volumeName ? volumes.get(spec.volumeName)?.object() : undefined;
  if (!spec.volumeName) {
    volume = volumes
      .sorted()
      .map((each) => each.object())
      .find((each) => {
        const wanted = each.spec?.claimRef as { namespace?: string; name?: string; uid?: string } | undefined;
        return (
          wanted?.namespace === stored.namespace &&
          wanted?.name === stored.name &&
          (wanted.uid === undefined || wanted.uid === stored.uid)
        );
      });
  }
  if (!volume && !spec.volumeName) {
    const storageClass = spec.storageClassName
      ? storage.collection(classStorage).get(spec.storageClassName)?.object()
      : undefined;
    if (!context.provisions || !storageClass || storageClass.provisioner === 'kubernetes.io/no-provisioner')
      return;
    volume = api
      .createObject(served.find('', 'v1', 'persistentvolumes')!, '', provisionedVolume(claim, storageClass), {
        dryRun: false,
        manager: 'sandbox-provisioner',
      })
      .object();
  }
  if (!volume) return;
  const reference = volume.spec?.claimRef as { uid?: string } | undefined;
  if (reference?.uid && reference.uid !== stored.uid) {
    // As the binder does when another claim holds the volume that this one names.
    if (spec.volumeName) storage.put('persistentvolumeclaims', { ...claim, status: { phase: 'Lost' } });
    return;
  }
  const claimRef = {
    kind: 'PersistentVolumeClaim',
    namespace: stored.namespace,
    name: stored.name,
    uid: stored.uid,
    apiVersion: 'v1',
    resourceVersion: String(stored.revision),
  };
  storage.put('persistentvolumes', {
    ...volume,
    spec: { ...volume.spec, claimRef },
    status: { phase: 'Bound' },
  });
  const annotations = {
    ...claim.metadata.annotations,
    'pv.kubernetes.io/bind-completed': 'yes',
    ...(spec.volumeName ? {} : { 'pv.kubernetes.io/bound-by-controller': 'yes' }),
  };
  storage.put('persistentvolumeclaims', {
    ...claim,
    metadata: { ...claim.metadata, annotations },
    spec: { ...spec, volumeName: volume.metadata.name },
    status: { phase: 'Bound', accessModes: spec.accessModes, capacity: volume.spec?.capacity },
  });
}

function provisionedVolume(claim: KubeObject, storageClass: KubeObject): KubeObject {
  const spec = claim.spec as ClaimSpec;
  const name = `pvc-${claim.metadata.uid}`;
  const provisioner = String(storageClass.provisioner);
  return {
    metadata: { name, annotations: { 'pv.kubernetes.io/provisioned-by': provisioner } },
    spec: {
      accessModes: spec.accessModes,
      capacity: { storage: spec.resources?.requests?.storage ?? '1Gi' },
      csi: { driver: provisioner, volumeHandle: name },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      volumeMode: spec.volumeMode,
    },
  };
}

/** What happens to a volume whose claim is gone: deleted or kept as Released, as its reclaim policy says. */
function release(claim: string, context: ControllerContext): void {
  const { storage, served, api } = context;
  for (const stored of storage.collection('persistentvolumes').sorted()) {
    const volume = stored.object();
    if ((volume.spec?.claimRef as { uid?: string } | undefined)?.uid !== claim) continue;
    context.enqueue(`release ${stored.name}`, () => {
      const current = storage.collection('persistentvolumes').get(stored.name);
      if (!current) return;
      if (volume.spec?.persistentVolumeReclaimPolicy === 'Delete') {
        api.deletion.delete(served.find('', 'v1', 'persistentvolumes')!, current);
      } else storage.put('persistentvolumes', { ...current.object(), status: { phase: 'Released' } });
    });
  }
}

function settleVolume(key: string, context: VolumeContext): void {
  const { storage } = context;
  const stored = storage.collection('persistentvolumes').get(key);
  if (!stored) return;
  const volume = stored.object();
  const reference = volume.spec?.claimRef as { namespace: string; name: string; uid?: string } | undefined;
  const bound = reference?.uid !== undefined && storage.byUid(reference.uid) !== undefined;
  if (stored.meta.deletionTimestamp) {
    if (!bound && stored.meta.finalizers?.includes(volumeProtection)) {
      removeFinalizer(stored, volumeProtection, context);
    }
    return;
  }
  if (reference) {
    const claim = `${reference.namespace}/${reference.name}`;
    if (storage.collection('persistentvolumeclaims').get(claim)) {
      context.enqueue(`claim ${claim}`, () => bind(claim, context));
    } else if (reference.uid && volume.status?.phase === 'Pending') {
      storage.put('persistentvolumes', { ...volume, status: { phase: 'Released' } });
    }
  }
  if (!reference?.uid && volume.status?.phase !== 'Available') {
    storage.put('persistentvolumes', { ...volume, status: { phase: 'Available' } });
  }
}
