import * as v from 'valibot';
import type { RunKind, RunRequest, RunResult } from '../../manifests/run';
import type { ObjectStore } from '../../../platform/oss/port';
import { readHint, writeHint } from '../hints';
import { notedByThisRelease, readByThisRelease } from '../read-by-release';
import { isName } from '../../../platform/input/names';
import { parseRequest } from './requests';
import { parseResult } from './results';
import { emptyRecord, noteIn, type RunRecord } from '../run-record';

/** A finished run: neither its request nor its outcome changes any more. */
interface FinishedRun {
  request: RunRequest;
  result: RunResult;
}

/** What one listing tells of the folder of a run. */
export interface ListedRun {
  record: RunRecord;
  /** Of request and outcome together: another run of the name has others. */
  etags: string;
}

const schema = v.record(
  v.string(),
  v.strictObject({ etags: v.string(), request: v.unknown(), result: v.unknown() }),
);

const hintName = (kind: RunKind) => `lists/runs-${kind}`;

/** All runs of a kind by name, sorted: one listing for each thousand objects. */
export async function listedRuns(state: ObjectStore, kind: RunKind): Promise<Map<string, ListedRun>> {
  const folder = `runs/${kind}/`;
  const found = new Map<string, { record: RunRecord; request: string; result: string }>();
  for await (const page of state.list(folder)) {
    for (const { key, etag, lastModified } of page.objects) {
      const [name = '', ...rest] = key.slice(folder.length).split('/');
      if (!isName(name) || rest.length !== 1) continue;
      const one = found.get(name) ?? { record: emptyRecord(), request: '-', result: '-' };
      found.set(name, one);
      const [file = ''] = rest;
      noteIn(one.record, file, page.date.getTime() - lastModified.getTime());
      if (file === 'request.json') one.request = etag;
      if (file === 'result.json') one.result = etag;
    }
  }
  const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    sorted.map(([name, { record, request, result }]) => [name, { record, etags: `${request} ${result}` }]),
  );
}

/**
 * `hints/lists/runs-<kind>.json`: finished runs as they were read, each with the ETags of what they were read from, so that
 * a list reads only what came since. One that is lost or damaged costs requests, nothing else.
 */
export interface RunIndex {
  find(name: string, etags: string): FinishedRun | undefined;
  note(name: string, etags: string, run: FinishedRun): void;
  /** Writes it where something was noted, without what is not listed any more. */
  save(listed: ReadonlyMap<string, unknown>): Promise<void>;
}

/** One request. */
export async function readRunIndex(state: ObjectStore, kind: RunKind): Promise<RunIndex> {
  const stored = v.safeParse(schema, readByThisRelease(await readHint(state, hintName(kind))));
  const entries = new Map(stored.success ? Object.entries(stored.output) : []);
  let changed = false;
  return {
    find(name, etags) {
      const entry = entries.get(name);
      if (entry?.etags !== etags) return undefined;
      try {
        return { request: parseRequest(kind, entry.request), result: parseResult(entry.result, name) };
      } catch {
        return undefined;
      }
    },
    note(name, etags, { request, result }) {
      entries.set(name, { etags, request, result });
      changed = true;
    },
    async save(listed) {
      if (!changed) return;
      for (const name of entries.keys()) if (!listed.has(name)) entries.delete(name);
      await writeHint(state, hintName(kind), notedByThisRelease(Object.fromEntries(entries)));
    },
  };
}
