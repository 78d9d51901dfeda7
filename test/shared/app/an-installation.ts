import type { Installation } from '../../../shared/app/installation';
import type { RunResult } from '../../../shared/formats/manifests/run';
import { finishRun } from '../../../shared/formats/state/run/results';
import { openState } from '../../../shared/formats/state/state';
import { completed, setUp } from '../operations/runs/fixtures';

/** An installation in memory at 2026-11-22T10:00:00Z with the vault `main` and the clusters `a` (env=live) and `b` (env=test). */
export async function anInstallation() {
  const made = setUp();
  const { context, bucket } = made;
  const state = openState(context.state);
  const vault = bucket.store('vault/');
  await state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region: 'cn-hangzhou', bucket: 'elsewhere' },
  });
  const sealedKubeconfig = {
    version: 1,
    algorithm: 'AES-256-GCM',
    keyId: '0',
    nonce: '0',
    ciphertext: '0',
    tag: '0',
  };
  for (const [name, env] of [
    ['a', 'live'],
    ['b', 'test'],
  ]) {
    await state.clusters.create({
      kind: 'Cluster',
      metadata: { name, labels: { env } },
      spec: { server: 'https://10.0.0.1:6443', sealedKubeconfig },
    });
  }
  const installation = {
    ...context,
    id: 'i1',
    state,
    settings: {},
    openVault: async () => vault,
    openVaultStore: () => vault,
  } as unknown as Installation;

  /** Ends a backup as its worker would. */
  async function finish(name: string, phase: RunResult['phase'] = 'Completed') {
    await finishRun(context.state, { kind: 'backups', name }, { ...completed, phase });
    if (phase === 'Failed') return;
    const manifest = { apiVersion: 'velero.io/v1', kind: 'Backup', metadata: { name }, status: { phase } };
    await vault.put(`backups/${name}/velero-backup.json`, Buffer.from(JSON.stringify(manifest)));
  }
  return { ...made, state, vault, installation, finish };
}
