import * as v from 'valibot';
import { metadataSchema } from '../manifests/metadata';
import { nameSchema } from '../manifests/names';
import { parse } from '../manifests/parse';

const common = { metadata: metadataSchema, cluster: nameSchema, vault: nameSchema, spec: v.unknown() };

const backupBody = v.strictObject({ ...common, hold: v.optional(v.unknown()) });
const restoreBody = v.strictObject({
  ...common,
  object: v.optional(v.unknown()),
  allowEmptyVolumes: v.optional(v.boolean()),
});

/**
 * A request as a caller may write it: `metadata`, `cluster`, `vault` and `spec`. What schedules and rules set is not for
 * callers. The spec is checked where every request is.
 */
export function backupRequestOf(body: unknown): object {
  return { kind: 'BackupRequest', ...parse(backupBody, body, 'the backup request') };
}

export function restoreRequestOf(body: unknown): object {
  return { kind: 'RestoreRequest', ...parse(restoreBody, body, 'the restore request') };
}
