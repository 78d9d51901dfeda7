import {
  JsonPatchError,
  jsonPatch as patch,
} from '../../../shared/formats/manifests/modifiers/patch/json-patch';
import type { JsonPatchOperation } from '../../../shared/formats/manifests/modifiers/modifier-value';
import { copyJson } from '../objects/json-text';
import { StatusError } from '../http/status-error';

/** RFC 6902. A path that is not there or a failed test is refused with 422, as the real server does. */
export function jsonPatch(target: unknown, operations: JsonPatchOperation[]): unknown {
  try {
    return patch(target, operations, copyJson);
  } catch (error) {
    if (!(error instanceof JsonPatchError)) throw error;
    const [code, reason] = error.fault === 'malformed' ? [400, 'BadRequest'] : [422, 'Invalid'];
    const message = 'the server rejected our request due to an error in our request';
    throw new StatusError(code as number, reason as string, message, {});
  }
}
