import { objectPath } from '../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { formatGoDuration } from '../../../formats/manifests/go-duration';
import { isMap } from '../../../platform/input/is-map';
import type { Report } from '../report/report';
import type { Target } from '../target/target';
import type { TargetCalls } from '../target/target-calls';
import type { Waits } from './pace/waits';

/** What definitions are waited for with. */
export interface DefinitionsWork extends Waits {
  calls: TargetCalls;
  target: Target;
  report: Report;
  definitions: Set<string>;
}

const definitions = {
  group: 'apiextensions.k8s.io',
  resource: 'customresourcedefinitions',
  namespaced: false,
};

/** Waits until the CRDs of this restore are established, their names accepted and their resources in discovery. */
export async function waitForDefinitions(work: DefinitionsWork): Promise<void> {
  const waiting = new Set(work.definitions);
  const version = work.target.versions('customresourcedefinitions.apiextensions.k8s.io')[0]?.version;
  if (waiting.size === 0 || !version) return;
  const { clock, lease, resourceWait } = work;
  for (;;) {
    const began = clock.monotonic();
    for (const name of [...waiting]) {
      const { object } = await work.calls.read(objectPath({ ...definitions, version }, undefined, name));
      if (!object || !isEstablished(object)) continue;
      waiting.delete(name);
      if (!isServed(object)) work.definitions.delete(name);
    }
    await work.target.refresh();
    const unserved = [...work.definitions].filter((name) => !waiting.has(name) && !work.target.serves(name));
    if (waiting.size === 0 && unserved.length === 0) return;
    const names = [...waiting, ...unserved].join(', ');
    if (resourceWait.left <= 0) {
      work.report.warn(`these custom resources are not served yet: ${names}`, '');
      return;
    }
    const left = formatGoDuration(resourceWait.left);
    work.report.waiting(`waiting ${left} at most for the custom resources ${names} to be served`);
    await clock.sleep(Math.min(work.patience.poll, 500), lease.signal);
    resourceWait.spendSince(began);
  }
}

/** A CRD may be there with all of its versions turned off. */
function isServed(definition: KubeObject): boolean {
  const versions = definition.spec?.versions;
  return !Array.isArray(versions) || versions.some((one) => isMap(one) && one.served === true);
}

function isEstablished(definition: KubeObject): boolean {
  const conditions = Array.isArray(definition.status?.conditions) ? definition.status.conditions : [];
  const isTrue = (type: string) =>
    conditions.some((one) => isMap(one) && one.type === type && one.status === 'True');
  return isTrue('Established') && isTrue('NamesAccepted');
}
