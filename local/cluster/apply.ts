import type { KubeObject } from '../../shared/cluster/kube-object';
import { type ApiCall, readJsonBody } from './api-call';
import { checkTypeMeta } from './object-metadata';
import { badRequest, StatusError } from './status-error';

/** Reads the body of a server-side apply; 400 for what may not be in it, 422 without a field manager. */
export function readApplyConfiguration(call: ApiCall): KubeObject {
  if (!call.query.get('fieldManager')) {
    throw new StatusError(
      422,
      'Invalid',
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
      {
        group: 'meta.k8s.io',
        kind: 'PatchOptions',
        causes: [
          {
            reason: 'FieldValueRequired',
            message: 'Required value: is required for apply patch',
            field: 'fieldManager',
          },
        ],
      },
    );
  }
  const object = checkTypeMeta(call, readJsonBody(call));
  if (object.metadata.managedFields) throw badRequest('metadata.managedFields must be nil');
  object.metadata.name ||= call.name;
  return object;
}
