import { collectionPath, objectPath } from '../../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { serializeDocument } from '../../document/document';
import type { FieldOwnership } from '../../transform/field-owners';
import type { Place } from '../../target/place';
import type { Sends } from '../existing/send-patch';
import type { Answer } from '../../target/target-calls';

/**
 * No object ever has it (etcd starts at 1, its first write makes 2). An apply that names it creates what is not there and
 * gets 409 for what is: an apply that changes nothing that exists (measured on v1.20.2, v1.24.17 and v1.37.2).
 */
const noVersion = '1';

/** The API server reads an apply as YAML, which folds or refuses these in a string. */
const notInYaml = /[\u007f-\u009f\u2028\u2029\ufeff]/g;

/** A create that went out, and whether every field has its owner by it. */
export interface SentCreate {
  answer: Answer;
  ownersSet: boolean;
}

/**
 * Creates an object under the name of the manager of its fields: by server-side apply where that manager used it, else by a
 * POST. Never changes an object that exists: that answers 409 AlreadyExists. A POST decides where an apply is refused, so
 * that a refusal reads the same for every object.
 */
export async function sendCreate(
  { calls }: Sends,
  place: Place,
  wanted: KubeObject,
  { manager, applied, complete }: FieldOwnership,
): Promise<SentCreate> {
  const { resource, namespace, name } = place;
  if (applied && manager !== undefined) {
    const { managedFields: _none, ...metadata } = wanted.metadata;
    const body = { ...wanted, metadata: { ...metadata, resourceVersion: noVersion } };
    const answer = await calls.call('PATCH', objectPath(resource, namespace, name), yamlText(body), {
      manager,
      contentType: 'application/apply-patch+yaml',
    });
    if (answer.accepted) return { answer, ownersSet: true };
    if (answer.status.code === 409) {
      const status = { ...answer.status, reason: 'AlreadyExists' };
      return { answer: { accepted: false, status }, ownersSet: false };
    }
  }
  const path = collectionPath(resource, namespace);
  const answer = await calls.call('POST', path, serializeDocument(wanted), { manager });
  return { answer, ownersSet: complete && !applied };
}

/** JSON that YAML reads as the same. */
function yamlText(body: unknown): string {
  return serializeDocument(body).replace(
    notInYaml,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
