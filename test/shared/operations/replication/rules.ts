import type { Replication } from '../../../../shared/formats/manifests/replication';
import type { VaultBackup } from '../../../../shared/operations/replication/vault-backup';

/** A rule of the vault `main`. */
export function rule(name: string, source: string, targets: string[], spec: object = {}): Replication {
  return {
    kind: 'Replication',
    metadata: { name },
    spec: {
      source: { vault: 'main', cluster: source },
      targets,
      policy: 'seed',
      onlyIf: ['Completed'],
      allowEmptyVolumes: false,
      paused: false,
      trustUnsigned: false,
      ...spec,
    },
  };
}

/** A backup of cluster `a` that this installation committed. */
export function backup(name: string, more: Partial<VaultBackup> = {}): VaultBackup {
  return {
    name,
    phase: 'Completed',
    at: '2026-11-22T10:00:00Z',
    items: 10,
    schedule: 'daily',
    scope: 'all',
    namespaces: ['shop'],
    origin: { proof: 'committed', cluster: 'a', clusterUid: 'uid-a' },
    ...more,
  };
}
