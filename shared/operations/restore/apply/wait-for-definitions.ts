import { objectPath } from '../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { formatGoDuration } from '../../../formats/manifests/go-duration';
import { isMap } from '../../../platform/input/is-map';
import type { Report } from '../report/report';
import type { Target } from '../target/target';
import type { TargetCalls } from '../target/target-calls';
import { forEachParallel } from './pace/parallel';
import type { Waits } from './pace/waits';

/** What definitions are waited for with. */
export interface DefinitionsWork extends Waits {
  calls: Pick<TargetCalls, 'read'>;
  target: Pick<Target, 'versions' | 'serves' | 'refresh'>;
  report: Pick<Report, 'warn' | 'waiting'>;
  definitions: Set<string>;
}

const definitions = {
  group: 'apiextensions.k8s.io',
  resource: 'customresourcedefinitions',
  namespaced: false,
};

/** CRDs that are read at once: an API server that builds the schemas of hundreds answers each late. */
const readsAtOnce = 16;

/** A message names no more custom resources than this. */
const namedAtMost = 10;

/**
 * Waits until the CRDs of this restore are established, their names accepted and their resources in discovery. An API server
 * lists only the resources of established CRDs (apiextensions-apiserver, customresource_discovery_controller.go), so a CRD
 * whose resource comes up is not read. One whose resource was there before may be what the restore replaced, and one whose
 * resource does not come up may have no served version: these are read.
 */
export async function waitForDefinitions(work: DefinitionsWork): Promise<void> {
  const waiting = new Set(work.definitions);
  const version = work.target.versions('customresourcedefinitions.apiextensions.k8s.io')[0]?.version;
  if (waiting.size === 0 || !version) return;
  const { clock, lease, resourceWait, target } = work;
  const servedBefore = new Set([...waiting].filter((name) => target.serves(name)));
  for (;;) {
    const began = clock.monotonic();
    await target.refresh();
    const cameUp = [...waiting].filter((name) => !servedBefore.has(name) && target.serves(name));
    for (const name of cameUp) waiting.delete(name);
    const doubtful = cameUp.length > 0 ? [...waiting].filter((name) => servedBefore.has(name)) : [...waiting];
    await forEachParallel(doubtful, readsAtOnce, async (name) => {
      const { object } = await work.calls.read(objectPath({ ...definitions, version }, undefined, name));
      if (!object || !isEstablished(object)) return;
      waiting.delete(name);
      if (!isServed(object)) work.definitions.delete(name);
    });
    const unserved = [...work.definitions].filter((name) => !waiting.has(name) && !target.serves(name));
    if (waiting.size === 0 && unserved.length === 0) return;
    const names = listed([...waiting, ...unserved]);
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

function listed(names: string[]): string {
  const more = names.length - namedAtMost;
  return `${names.slice(0, namedAtMost).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
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
