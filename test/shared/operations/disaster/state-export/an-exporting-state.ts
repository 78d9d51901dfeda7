import { keepForRecovery } from '../../../../../shared/operations/disaster/recovery/recovery-copies';
import { newRecoveryKey } from '../../../../../shared/operations/disaster/recovery/recovery-key';
import { jsonBytes } from '../../../../../shared/formats/state/json-object';
import type { ObjectStore } from '../../../../../shared/platform/oss/port';
import { systemRandom } from '../../../../../shared/platform/system';
import { collectState } from '../../../../../shared/operations/disaster/state-export/collect-state';
import type { StateExport } from '../../../../../shared/operations/disaster/state-export/state-export';
import { MemoryBucket } from '../../../../harness/memory-bucket';

export const installation = 'a'.repeat(32);
export const pair = newRecoveryKey(systemRandom);
export const kubeconfigText = '{"server":"https://10.0.0.1:6443","token":"token-of-an-admin"}';

const sealed = {
  version: 1,
  algorithm: 'AES-256-GCM',
  keyId: '01234567',
  nonce: 'AAAA',
  ciphertext: 'sealed-under-the-seal-key',
  tag: 'AAAA',
};

const clusterManifest = (name: string) => ({
  kind: 'Cluster',
  metadata: { name },
  spec: { server: 'https://10.0.0.1:6443', sealedKubeconfig: { ...sealed, nonce: name } },
});

/** What the state of an installation may hold, by key: of each kind one, and much that is no business of an export. */
export const stateObjects: Record<string, unknown> = {
  'installation.json': { kind: 'Installation', id: installation, createdAt: '2026-01-01T00:00:00Z' },
  'clusters/a.json': clusterManifest('a'),
  'clusters/b.json': clusterManifest('b'),
  'vaults/main.json': {
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region: 'cn-hangzhou', bucket: 'team-backups', networkType: 'internal' },
  },
  'schedules/nightly.json': {
    kind: 'Schedule',
    metadata: { name: 'nightly' },
    spec: {
      schedule: '0 2 * * *',
      clusters: ['a'],
      vault: 'main',
      startAt: '2026-01-01T00:00:00Z',
      includeClusterInNames: false,
      template: { includedNamespaces: ['shop'] },
    },
  },
  'replications/standby.json': {
    kind: 'Replication',
    metadata: { name: 'standby' },
    spec: { source: { vault: 'main', cluster: 'a' }, targets: ['b'], policy: 'seed' },
  },
  'holds/main/shop-1.json': { kind: 'Mark', reason: 'case 7', by: 'cli', at: '2026-11-01T00:00:00Z' },
  'tokens/robot.json': { kind: 'Token', spec: { sha256: '0'.repeat(64) } },
  'runs/backups/shop-1/request.json': { kind: 'BackupRequest' },
  'runs/backups/shop-1/commit.json': { kind: 'Commit' },
  'open/backups/shop-2': '',
  'audit/2026/11/23/1.json': { kind: 'AuditEntry' },
  'hints/schedules.json': {},
};

/** Puts it into a store; the kubeconfig of cluster `a` is kept for the recovery key, that of `b` is not. */
export async function fillState(state: ObjectStore): Promise<void> {
  for (const [key, value] of Object.entries(stateObjects)) await state.put(key, jsonBytes(value));
  const { sealedKubeconfig } = clusterManifest('a').spec;
  const place = { installation, key: 'clusters/a.json', path: 'spec.sealedKubeconfig' };
  const secret = { place, sealed: sealedKubeconfig, text: kubeconfigText };
  await keepForRecovery(state, secret, pair.publicKey, systemRandom);
}

/** Where the vault `main` lies. */
export const place = { region: 'cn-hangzhou', bucket: 'team-backups' };

/** The export of that state into the vault `main`. */
export async function exportedState(): Promise<StateExport> {
  const state = new MemoryBucket().store();
  await fillState(state);
  return {
    kind: 'StateExport',
    format: 1,
    installation,
    day: '2026-11-23',
    vault: { name: 'main', ...place },
    ...(await collectState(state)),
  };
}
