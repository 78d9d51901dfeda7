import pLimit from 'p-limit';
import { messageOf } from '../../errors';
import { isName } from '../../manifests/names';
import type { RunKind, RunProgress, RunRequest, RunResult } from '../../manifests/run';
import type { ObjectStore } from '../../store/port';
import { leaseDuration } from '../leases/leases';
import { findProgress } from './progress';
import { findRequest } from './requests';
import { findResult } from './results';
import { type RunId, runStore } from './run-keys';
import { type RunRecord, runRecord } from './run-record';

/** A run as a person sees it. */
export interface Run extends RunId {
  request: RunRequest;
  /** `New` before the first worker, `InProgress` while one lives or is awaited, then the result's phase. */
  phase: 'New' | 'InProgress' | RunResult['phase'];
  /** True while a worker holds the lease. */
  live: boolean;
  starts: number;
  progress?: RunProgress;
  result?: RunResult;
}

/** Undefined when nobody asked for it. */
export async function findRun(state: ObjectStore, run: RunId): Promise<Run | undefined> {
  const request = await findRequest(state, run);
  if (!request) return undefined;
  const result = await findResult(state, run);
  const record = await runRecord(state, run);
  const progress = result ? undefined : await findProgress(runStore(state, run));
  return {
    ...run,
    request,
    phase: phaseOf(record, result),
    live: !result && record.leaseAge < leaseDuration,
    starts: record.starts,
    ...(progress && { progress }),
    ...(result && { result }),
  };
}

function phaseOf(record: RunRecord, result: RunResult | undefined): Run['phase'] {
  if (result) return result.phase;
  return record.leases > 0 ? 'InProgress' : 'New';
}

/** The names of all runs of a kind, sorted: one listing. */
export async function runNames(state: ObjectStore, kind: RunKind): Promise<string[]> {
  const folder = `runs/${kind}/`;
  const names: string[] = [];
  for await (const page of state.list(folder, { delimiter: '/' })) {
    for (const prefix of page.prefixes) {
      const name = prefix.slice(folder.length, -1);
      if (isName(name)) names.push(name);
    }
  }
  return names.sort();
}

/** All runs of a kind by name; one that cannot be read is reported and stops nothing else. */
export async function listRuns(
  state: ObjectStore,
  kind: RunKind,
): Promise<{ items: Run[]; unreadable: { name: string; reason: string }[] }> {
  const limit = pLimit(8);
  const items: Run[] = [];
  const unreadable: { name: string; reason: string }[] = [];
  const names = await runNames(state, kind);
  const found = await Promise.all(
    names.map((name) =>
      limit(async () => {
        try {
          return await findRun(state, { kind, name });
        } catch (error) {
          unreadable.push({ name, reason: messageOf(error) });
          return undefined;
        }
      }),
    ),
  );
  for (const run of found) if (run) items.push(run);
  return { items, unreadable };
}
