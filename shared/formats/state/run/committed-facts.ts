import * as v from 'valibot';
import { isKind } from '../../../platform/errors';
import { nameSchema } from '../../../platform/input/names';
import type { ObjectStore } from '../../../platform/oss/port';
import { instantSchema } from '../../manifests/instant';
import { backupRequestSchema } from '../../manifests/request';
import type { CommittedFacts } from '../../manifests/run';
import { readJson } from '../json-object';
import { resultKey } from './results';
import { type RunId, runStore } from '../run-keys';

const schema = v.object({
  committed: v.object({
    committedAt: instantSchema,
    vault: nameSchema,
    cluster: nameSchema,
    schedule: backupRequestSchema.entries.schedule,
    manifest: v.object({ sha256: v.string() }),
    archive: v.object({ size: v.number(), crc64: v.string(), etag: v.optional(v.string()) }),
    catalogue: v.object({
      sha256: v.string(),
      etag: v.optional(v.string()),
      clusterUid: v.optional(v.string()),
    }),
  }),
});

/**
 * What the outcome of a run tells of its backup: one request. Undefined where it tells nothing that this release understands
 * (there is none yet, or another release wrote it): then commit and request do.
 */
export async function findCommittedFacts(
  state: ObjectStore,
  run: RunId,
): Promise<CommittedFacts | undefined> {
  try {
    const stored = await readJson(runStore(state, run), resultKey);
    const parsed = v.safeParse(schema, stored?.value);
    return parsed.success ? parsed.output.committed : undefined;
  } catch (error) {
    if (isKind(error, 'invalid') || isKind(error, 'corrupt')) return undefined;
    throw error;
  }
}
