import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localBuckets, localRegion, type OneMachine, startOneMachine } from '../../local/one-machine';
import { functionNames } from '../../shared/app/deploy/functions';
import { addCluster } from '../../shared/app/clusters/add-cluster';
import { requestBackup, requestRestore } from '../../shared/app/runs/request';
import type { RunKind, RunProgress, RunResult } from '../../shared/formats/manifests/run';
import type { BackupSpec, RestoreSpec } from '../../shared/formats/manifests/velero';
import { findRun } from '../../shared/formats/state/run/runs';
import { systemClock } from '../../shared/platform/system';
import { buildPrograms } from './built-programs';
import { CheckedBackups, vaultOpener } from './checked-backups';
import { type CliEnd, runLifeboat } from './lifeboat-process';

export type { CliEnd } from './lifeboat-process';

/**
 * The whole of Lifeboat on one machine, from bundles of this checkout: OSS, Function Compute and the command line as a
 * process, in a temporary folder. Its vault `main` is the root of the vault bucket's folder `team`.
 */
export interface StartedMachine {
  directory: string;
  machine: OneMachine;
  /** Every line that a function wrote. */
  lines: string[];
  /** Runs `lifeboat` in the machine's folder, its streams pipes; `environment` changes single variables. */
  lifeboat(
    parameters: readonly string[],
    options?: { input?: string; environment?: Record<string, string> },
  ): Promise<CliEnd>;
  addCluster(name: string, kubeconfig: string): Promise<void>;
  /** Asks for a backup into `main` and waits for its end. */
  backUp(cluster: string, name: string, spec: BackupSpec): Promise<RunResult>;
  /** Asks for a restore out of `main`; `ended` resolves with its end. */
  startRestore(
    cluster: string,
    name: string,
    spec: RestoreSpec,
    more?: { object?: object; allowEmptyVolumes?: boolean },
  ): Promise<{ ended: Promise<RunResult> }>;
  /** How far a run is. */
  progress(kind: RunKind, name: string): Promise<RunProgress | undefined>;
  close(): Promise<void>;
}

export async function startMachine(): Promise<StartedMachine> {
  const directory = mkdtempSync(join(tmpdir(), 'lifeboat-machine-'));
  const dist = buildPrograms(
    'cli/lifeboat.ts',
    'local/function-process.ts',
    ...functionNames.map((name) => `functions/${name}.ts`),
  );
  const lines: string[] = [];
  const machine = await startOneMachine({
    directory,
    dist,
    log: (name, line) => lines.push(`${name} ${line}`),
  });
  const { installation } = machine;
  const checked = new CheckedBackups(
    machine.oss,
    [localBuckets.vault],
    vaultOpener(installation, localRegion),
  );
  await installation.state.vaults.create({
    kind: 'Vault',
    metadata: { name: 'main' },
    spec: { region: localRegion, bucket: localBuckets.vault, subdirectory: 'team' },
  });
  const endOf = async (kind: RunKind, name: string): Promise<RunResult> => {
    for (;;) {
      const run = await findRun(installation.state.store, { kind, name });
      if (run?.result) return run.result;
      await systemClock.sleep(100);
    }
  };
  return {
    directory,
    machine,
    lines,
    async lifeboat(parameters, { input = '', environment } = {}) {
      const end = await runLifeboat(
        join(dist, 'cli', 'lifeboat.js'),
        parameters,
        { ...machine.environment, ...environment },
        { input, cwd: directory },
      );
      await checked.check();
      return end;
    },
    async addCluster(name, kubeconfig) {
      await addCluster(installation, { name, kubeconfig });
    },
    async backUp(cluster, name, spec) {
      await requestBackup(installation, {
        kind: 'BackupRequest',
        metadata: { name },
        cluster,
        vault: 'main',
        spec,
      });
      const result = await endOf('backups', name);
      await checked.check();
      return result;
    },
    async startRestore(cluster, name, spec, more = {}) {
      await requestRestore(installation, {
        kind: 'RestoreRequest',
        metadata: { name },
        cluster,
        vault: 'main',
        spec,
        ...more,
      });
      return { ended: endOf('restores', name) };
    },
    progress: async (kind, name) => (await findRun(installation.state.store, { kind, name }))?.progress,
    async close() {
      try {
        await checked.check();
      } finally {
        await machine.close();
        for (const path of [directory, dist]) rmSync(path, { recursive: true, force: true });
      }
    },
  };
}
