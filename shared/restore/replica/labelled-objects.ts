import { listPath } from '../../cluster/api-path';
import { type ApiResource, groupResource } from '../../cluster/api-resource';
import type { KubeObject } from '../../cluster/kube-object';
import type { RestoreWork } from '../apply/restore-work';
import { replicatedByLabel } from './marks';

/** An object of the target as a list shows it: its metadata. */
export interface LabelledObject {
  resource: ApiResource;
  metadata: KubeObject['metadata'];
}

const pageSize = 500;

/**
 * The objects of one resource that carry a rule's label. A list that is refused gives a warning and what came before it.
 */
export async function* labelledObjects(
  work: RestoreWork,
  resource: ApiResource,
  label: string,
): AsyncGenerator<LabelledObject, void> {
  let next: string | undefined;
  do {
    const path = listPath(resource, {
      labelSelector: `${replicatedByLabel}=${label}`,
      limit: pageSize,
      continue: next,
    });
    const answer = await work.calls.call('GET', path);
    if (!answer.accepted) {
      // A kind whose definition went meanwhile has no objects.
      if (answer.status.code !== 404) {
        work.report.warn(`${groupResource(resource)} could not be listed: ${answer.status.message}`, '');
      }
      return;
    }
    const list = JSON.parse(answer.response.body.toString('utf8')) as {
      metadata?: { continue?: string };
      items?: { metadata: KubeObject['metadata'] }[];
    };
    for (const { metadata } of list.items ?? []) yield { resource, metadata };
    next = list.metadata?.continue || undefined;
  } while (next !== undefined);
}
