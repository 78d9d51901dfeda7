import type {
  ClaimFacts,
  PersistentVolumeFacts,
  PodFacts,
  PodVolumeFacts,
  SnapshotClassFacts,
  VolumeFacts,
} from '../../../../../shared/operations/volumes/plan/volume-facts';

export const driver = 'disk.csi.test';

export function podFacts(name: string, volumes: PodVolumeFacts[], more: Partial<PodFacts> = {}): PodFacts {
  return { namespace: 'shop', name, phase: 'Running', volumes, ...more };
}

export function mount(name: string, claim: string): PodVolumeFacts {
  return { name, source: 'persistentVolumeClaim', claim };
}

/** A claim that is bound to the volume `pv-<name>`. */
export function boundClaim(name: string, more: Partial<ClaimFacts> = {}): ClaimFacts {
  return { namespace: 'shop', name, phase: 'Bound', volumeName: `pv-${name}`, ...more };
}

export function csiVolume(name: string, more: Partial<PersistentVolumeFacts> = {}): PersistentVolumeFacts {
  return { name, source: 'csi', csi: { driver }, capacity: '20Gi', storageClassName: 'disk', ...more };
}

export function snapshotClass(name: string, more: Partial<SnapshotClassFacts> = {}): SnapshotClassFacts {
  return { name, driver, deletionPolicy: 'Delete', ...more };
}

/** A database with its claim, on a driver that has one class. */
export function factsOf(more: Partial<VolumeFacts> = {}): VolumeFacts {
  return {
    pods: [podFacts('db-0', [mount('data', 'data-db-0')])],
    claims: [boundClaim('data-db-0')],
    volumes: [csiVolume('pv-data-db-0')],
    snapshotClasses: { classes: [snapshotClass('disk')] },
    ...more,
  };
}
