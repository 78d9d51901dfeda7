import pLimit from 'p-limit';
import { messageOf } from '../../../platform/errors';
import { isName } from '../../../platform/input/names';
import type { RunKind, RunProgress, RunRequest, RunResult } from '../../manifests/run';
import type { ObjectStore } from '../../../platform/oss/port';
import { isHeld } from '../leases/leases';
import { findProgress } from './progress';
import { findRequest } from './requests';
import { findResult } from './results';
import { type RunId, runStore } from '../run-keys';
import { type ListedRun, listedRuns, type RunIndex, readRunIndex } from './run-index';
import { type RunRecord, runRecord } from '../run-record';

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
  return shownRun(run, record, { request, result, progress });
}

function shownRun(
  run: RunId,
  record: RunRecord,
  { request, result, progress }: Pick<Run, 'request' | 'result' | 'progress'>,
): Run {
  return {
    ...run,
    request,
    phase: phaseOf(record, result),
    live: !result && isHeld(record),
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

/** The runs of a kind as one listing showed them. */
export interface RunListing {
  /** Sorted. */
  names: readonly string[];
  /** A run as it was listed: no request for one that was finished when somebody last looked, two for another. */
  find(name: string): Promise<Run | undefined>;
  /** Keeps what was read of finished runs for the next listing. */
  keep(): Promise<void>;
}

/** Costs a listing of a page for each thousand objects of the runs, and a request for what was kept. */
export async function runListing(state: ObjectStore, kind: RunKind): Promise<RunListing> {
  const [index, listed] = await Promise.all([readRunIndex(state, kind), listedRuns(state, kind)]);
  return {
    names: [...listed.keys()],
    async find(name) {
      const one = listed.get(name);
      return one && readListed(state, { kind, name }, one, index);
    },
    keep: () => index.save(listed),
  };
}

/** All runs of a kind by name, at the cost of a listing; one that cannot be read is reported and stops nothing else. */
export async function listRuns(
  state: ObjectStore,
  kind: RunKind,
): Promise<{ items: Run[]; unreadable: { name: string; reason: string }[] }> {
  const limit = pLimit(8);
  const unreadable: { name: string; reason: string }[] = [];
  const listing = await runListing(state, kind);
  const found = await Promise.all(
    listing.names.map((name) =>
      limit(async () => {
        try {
          return await listing.find(name);
        } catch (error) {
          unreadable.push({ name, reason: messageOf(error) });
          return undefined;
        }
      }),
    ),
  );
  await listing.keep();
  return { items: found.filter((run) => run !== undefined), unreadable };
}

async function readListed(
  state: ObjectStore,
  run: RunId,
  { record, etags }: ListedRun,
  index: RunIndex,
): Promise<Run | undefined> {
  if (!record.requested) return undefined;
  const known = record.finished ? index.find(run.name, etags) : undefined;
  if (known) return shownRun(run, record, known);
  const request = await findRequest(state, run);
  if (!request) return undefined;
  const result = record.finished ? await findResult(state, run) : undefined;
  if (result) index.note(run.name, etags, { request, result });
  const progress = result ? undefined : await findProgress(runStore(state, run));
  return shownRun(run, record, { request, result, progress });
}
