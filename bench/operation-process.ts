import { tmpdir } from 'node:os';
import { backUp } from '../shared/operations/backup/back-up';
import { connect } from '../shared/platform/kubernetes/connection';
import { sanitiseKubeconfig } from '../shared/platform/kubernetes/kubeconfig';
import { keepWorkerHeapSmall } from '../shared/app/fc/worker-heap';
import type { RunResult } from '../shared/formats/manifests/run';
import { restore } from '../shared/operations/restore/restore';
import { openOssStore } from '../shared/platform/oss/oss-store';
import { systemClock, systemRandom } from '../shared/platform/system';
import { benchVault, type Measured, type Operation } from './operation-message';

keepWorkerHeapSmall();

/** A process that carries out one operation of Lifeboat, says what it took, and ends. */
process.once('message', async (operation: Operation) => {
  const { seconds, result } = await measure(operation);
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  process.send!({ seconds, peakMegabytes, result } satisfies Measured, () => process.exit(0));
});

async function measure(operation: Operation): Promise<{ seconds: number; result: RunResult }> {
  const options = { allowLoopback: true };
  const deps = { clock: systemClock, random: systemRandom };
  const cluster = await connect('bench', sanitiseKubeconfig(operation.kubeconfig, options), deps, options);
  const { name, backup, restore: spec } = operation;
  const common = {
    ...deps,
    cluster,
    vault: store(operation.oss, benchVault.vaultBucket, ''),
    run: store(operation.oss, benchVault.stateBucket, `runs/${backup ? 'backups' : 'restores'}/${name}`),
    lease: {
      attempt: 1,
      signal: new AbortController().signal,
      renew: async () => {},
      ensure: async () => {},
      release: () => {},
    },
    progress: () => {},
  };
  const request = { metadata: { name }, cluster: 'bench', vault: 'bench' };
  // A worker has read its request and taken its lease by now: its OSS client is loaded.
  await common.run.head('request.json');
  const started = performance.now();
  const result = backup
    ? await backUp({
        ...common,
        committed: false,
        isDeleted: async () => false,
        installation: 'bench',
        request: { ...request, kind: 'BackupRequest', spec: backup },
      })
    : await restore({
        ...common,
        origin: { verdict: 'proved', by: 'the bench' },
        temporaryDirectory: tmpdir(),
        runLabel: `restores-${name}`,
        request: { ...request, kind: 'RestoreRequest', spec: spec! },
      });
  if ('paused' in result) throw new Error(`it pauses: ${result.paused.message}`);
  return { seconds: (performance.now() - started) / 1000, result };
}

function store(endpoint: string, bucket: string, prefix: string) {
  const { region, credentials } = benchVault;
  return openOssStore(
    { region, bucket, prefix, networkType: 'public', endpoint },
    { credentials: async () => credentials, allowInsecureLoopback: true },
    { clock: systemClock, random: systemRandom },
  );
}
