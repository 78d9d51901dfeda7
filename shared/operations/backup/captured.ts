import * as v from 'valibot';
import { instantSchema } from '../../formats/manifests/instant';
import type { BackupSpec, BackupVolumeInfo, Results } from '../../formats/manifests/velero';
import { documentBytes, readBytes, readJson } from '../../formats/state/json-object';
import type { ArchiveMember } from '../../formats/vault/archive-types';
import type { ObjectStore, UploadedPart } from '../../platform/oss/port';
import { parse } from '../../platform/input/parse';
import { LifeboatError } from '../../platform/errors';

/** What a capture has read of its cluster, with its archive in the parts of an upload: all that a backup is made of. */
export interface CapturedBackup {
  /** As it is kept. */
  spec: BackupSpec;
  clusterUid: string;
  serverVersion: { gitVersion: string; major: string; minor: string };
  startedAt: Date;
  archive: {
    upload: { key: string; id: string };
    parts: readonly UploadedPart[];
    size: number;
    /** Decimal CRC-64/XZ. */
    crc64: string;
    sha256: string;
    members: ArchiveMember[];
  };
  /** JSON in pieces; already compressed where the capture was kept. */
  resourceList: Iterable<string> | Buffer;
  /** Preferred versions by `apiVersion/Kind`. */
  apiVersions: Record<string, string>;
  /** Objects by group-resource. */
  counts: Record<string, number>;
  total: number;
  volumeInfo: BackupVolumeInfo[];
  hooks: HookCounts;
}

/** As a Backup's `status.hookStatus` has them. */
interface HookCounts {
  attempted: number;
  failed: number;
}

/** What the capture has said so far. */
export interface SaidSoFar {
  /** The log so far, in gzip. */
  log: Buffer;
  results: Results;
  errors: number;
  warnings: number;
}

const folder = 'captured/';
const capture = `${folder}capture.json`;
const list = `${folder}resource-list.json.gz`;
const log = `${folder}log.gz`;
/** An archive of 1 TB has 10,000 parts; a member has 100 bytes of JSON. */
const maxBytes = 256 << 20;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const text = v.string();
const counts = v.record(text, count);

// Written by this installation and read by it: what only passes through is not looked at.
const schema = v.object({
  kind: v.literal('Capture'),
  spec: v.looseObject({}),
  clusterUid: text,
  serverVersion: v.object({ gitVersion: text, major: text, minor: text }),
  startedAt: instantSchema,
  archive: v.object({
    upload: v.object({ key: text, id: text }),
    parts: v.array(v.object({ number: count, etag: text })),
    size: count,
    crc64: text,
    sha256: text,
    members: v.array(v.looseObject({})),
  }),
  apiVersions: v.record(text, text),
  counts,
  total: count,
  volumeInfo: v.array(v.looseObject({})),
  hooks: v.object({ attempted: count, failed: count }),
  results: v.looseObject({}),
  errors: count,
  warnings: count,
});

/**
 * Keeps a capture in the run, for the step that finishes the backup. By the holder of the lease alone; the last object makes it
 * whole.
 * @param resourceList as it is to lie in the vault
 */
export async function keepCapture(
  run: ObjectStore,
  captured: Omit<CapturedBackup, 'resourceList'>,
  said: SaidSoFar & { resourceList: Buffer },
): Promise<void> {
  const { results, errors, warnings } = said;
  await Promise.all([run.put(list, said.resourceList), run.put(log, said.log)]);
  await run.put(capture, documentBytes({ kind: 'Capture', ...captured, results, errors, warnings }));
}

/** The capture that a run has kept. Throws LifeboatError `corrupt` where it is not there, or is not whole. */
export async function keptCapture(run: ObjectStore): Promise<{ captured: CapturedBackup; said: SaidSoFar }> {
  const [stored, resourceList, said] = await Promise.all([
    readJson(run, capture, maxBytes),
    readBytes(run, list, maxBytes),
    readBytes(run, log, maxBytes),
  ]);
  if (!stored || !resourceList || !said) {
    throw new LifeboatError(
      'corrupt',
      `${run.name}${folder} does not hold what the backup was captured with`,
      {
        hint: 'request the backup again under another name',
      },
    );
  }
  const { kind: _, results, errors, warnings, startedAt, ...rest } = parse(schema, stored.value, capture);
  return {
    captured: {
      ...(rest as unknown as CapturedBackup),
      startedAt: new Date(startedAt),
      resourceList: resourceList.body,
    },
    said: { log: said.body, results: results as unknown as Results, errors, warnings },
  };
}
