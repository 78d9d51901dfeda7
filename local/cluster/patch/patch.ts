import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import { type ApiCall, readBody } from '../http/api-call';
import type { JsonPatchOperation } from '../../../shared/formats/manifests/modifiers/modifier-value';
import { jsonPatch } from './json-patch';
import { mergePatch } from '../../../shared/formats/manifests/modifiers/patch/merge-patch';
import * as refuse from '../http/status-error';
import { strategicMerge } from '../../../shared/formats/manifests/modifiers/patch/strategic-merge';

export const PatchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/** 415 for a patch type that the resource does not take. */
export function checkPatchType(call: ApiCall): void {
  const known = Object.values(PatchTypes);
  if (!known.includes(call.contentType)) {
    throw refuse.unsupportedMediaType('415: Unsupported Media Type', true);
  }
  if (call.resource.custom && call.contentType === PatchTypes.strategic) {
    const accepted = known.filter((type) => type !== PatchTypes.strategic);
    throw refuse.unsupportedMediaType(
      `the body of the request was in an unknown format - accepted media types include: ${accepted.join(', ')}`,
    );
  }
}

/** The object after the patch of a call. */
export function applyPatch(call: ApiCall, object: KubeObject): KubeObject {
  const patch = readBody(call);
  if (call.contentType === PatchTypes.json)
    return jsonPatch(object, patch as JsonPatchOperation[]) as KubeObject;
  if (call.contentType === PatchTypes.merge) return mergePatch(object, patch) as KubeObject;
  if (call.contentType === PatchTypes.apply && call.resource.custom)
    return mergePatch(object, patch) as KubeObject;
  return strategicMerge(object, patch) as KubeObject;
}
