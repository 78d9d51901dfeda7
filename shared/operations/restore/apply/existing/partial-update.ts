import { objectPath } from '../../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import type { KubeStatus } from '../../../../platform/kubernetes/status';
import { mergePatch } from '../../../../formats/manifests/modifiers/patch/merge-patch';
import {
  fieldsBelow,
  onlyField,
  type PatchPath,
  refusedField,
  withoutFields,
} from '../../../../formats/manifests/modifiers/patch/refused-fields';
import { serializeDocument } from '../../document/document';
import { differences } from '../../transform/compare';
import type { Place } from '../../target/place';
import { type Sends, sendPatch } from './send-patch';

/** Patches of one object after the first refusal, and fields of a refused part that are tried one by one. */
const mostRounds = 5;
const mostFields = 24;

/** How much of an update was taken. */
export interface PartialUpdate {
  /** Fields that stay as they are: `spec.serviceName`. */
  kept: string[];
  /** Nothing was sent: the rest was nothing, or only what the restore itself would add (its labels). */
  unchanged: boolean;
}

/**
 * Sends what is left of an update that was refused as invalid, without the fields that the API server names in its causes.
 * Where a cause names a whole part (`spec`), its fields are tried one by one in dry-runs. Undefined where no field can be
 * told, or the rest is refused as well: then the object is as it was. A rest that changes no field which a comparison looks
 * at is not sent: an object that was not updated must not carry the labels of the restore.
 */
export async function updateRest(
  work: Sends,
  place: Place,
  { patch, present }: { patch: Record<string, unknown>; present: KubeObject },
  refused: KubeStatus,
): Promise<PartialUpdate | undefined> {
  let rest = patch;
  let status: KubeStatus | undefined = refused;
  const kept: string[] = [];
  for (let round = 0; round < mostRounds; round++) {
    if (status.code !== 422) return undefined;
    const fields: PatchPath[] = [];
    for (const { field } of status.causes) {
      const named = refusedField(rest, field);
      if (named) fields.push(...(await refusedBelow(work, place, rest, named)));
    }
    if (fields.length === 0) return undefined;
    kept.push(...fields.map((path) => path.join('.')));
    rest = withoutFields(rest, fields);
    if (differences(mergePatch(present, rest) as KubeObject, present, 1).length === 0)
      return { kept: unique(kept), unchanged: true };
    status = await sendPatch(work, place, rest);
    if (!status) return { kept: unique(kept), unchanged: false };
  }
  return undefined;
}

/** Which fields of a refused part are refused; the part itself where that cannot be told. */
async function refusedBelow(
  work: Sends,
  place: Place,
  patch: Record<string, unknown>,
  part: PatchPath,
): Promise<PatchPath[]> {
  const fields = fieldsBelow(patch, part);
  const [only] = fields;
  if (fields.length === 1)
    return only!.length > part.length ? refusedBelow(work, place, patch, only!) : [part];
  if (fields.length > mostFields) return [part];
  const path = objectPath(place.resource, place.namespace, place.name);
  const refused: PatchPath[] = [];
  for (const field of fields) {
    const { status } = await work.calls.rehearsePatch(path, serializeDocument(onlyField(patch, field)));
    if (status) refused.push(field);
  }
  // Each is taken alone, so they are refused together.
  return refused.length > 0 ? refused : [part];
}

function unique(paths: string[]): string[] {
  return [...new Set(paths)];
}
