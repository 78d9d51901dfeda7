import { type ApiResource, groupResource } from '../../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { replicatedByLabel } from '../transform/mark-names';
import type { Report } from '../report/report';
import type { TargetCalls } from '../target/target-calls';

/** What lists the objects. */
export interface LabelledWork {
  calls: TargetCalls;
  report: Report;
}

/** An object of the target as a list shows it: its metadata. */
export interface LabelledObject {
  resource: ApiResource;
  metadata: KubeObject['metadata'];
}

/**
 * The objects of one resource that carry a rule's label. A list that is refused gives a warning and what came before it.
 */
export async function* labelledObjects(
  work: LabelledWork,
  resource: ApiResource,
  label: string,
): AsyncGenerator<LabelledObject, void> {
  const pages = work.calls.pages(resource, { labelSelector: `${replicatedByLabel}=${label}` });
  for await (const { objects, status } of pages) {
    // A kind whose definition went meanwhile has no objects.
    if (status && status.code !== 404) {
      work.report.warn(`${groupResource(resource)} could not be listed: ${status.message}`, '');
    }
    for (const { metadata } of objects) yield { resource, metadata };
  }
}
