import { objectPath } from '../../../platform/kubernetes/api-path';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { objectName } from '../../../formats/manifests/object-name';
import type { TargetCalls } from '../target/target-calls';
import { objectsOf } from '../convert/conversion';
import { storageClassOf } from '../transform/storage-classes';
import type { Problems } from './problems';
import { Mentions } from '../report/mentions';

const storage = { group: 'storage.k8s.io', version: 'v1', resource: 'storageclasses', namespaced: false };
const ingress = { group: 'networking.k8s.io', version: 'v1', resource: 'ingressclasses', namespaced: false };
const isDefault = 'storageclass.kubernetes.io/is-default-class';

/** The storage and ingress classes that objects of a restore name. */
export class ClassesNeeded {
  readonly #storage = new Mentions();
  readonly #ingress = new Mentions();

  see(groupResource: string, object: KubeObject): void {
    const { namespace, name } = object.metadata;
    const label = objectName({ groupResource, namespace, name });
    // A claim with a volume needs no class, nor does one that says so.
    if (groupResource === 'persistentvolumeclaims' && !object.spec?.volumeName) this.#claim(object, label);
    if (groupResource === 'statefulsets.apps') {
      for (const template of objectsOf(object.spec?.volumeClaimTemplates)) {
        this.#claim(template as unknown as KubeObject, label);
      }
    }
    const ingressClass = object.spec?.ingressClassName;
    if (groupResource === 'ingresses.networking.k8s.io' && typeof ingressClass === 'string') {
      this.#ingress.add(ingressClass, label);
    }
  }

  async check(calls: TargetCalls, problems: Problems): Promise<void> {
    for (const [name, { objects, count }] of this.#storage.entries()) {
      const absent = name === '' ? await lacksDefault(calls) : await lacks(calls, storage, name);
      if (!absent) continue;
      const message =
        name === '' ? 'the cluster has no default storage class' : `the cluster has no storage class ${name}`;
      const hint = 'map it with --storage-class-mappings old:new, or make it first';
      problems.add('storage-class-absent', message, hint, objects, count);
    }
    for (const [name, { objects, count }] of this.#ingress.entries()) {
      if (!(await lacks(calls, ingress, name))) continue;
      const message = `the cluster has no ingress class ${name}`;
      problems.add(
        'ingress-class-absent',
        message,
        'install its controller, or nothing serves these',
        objects,
        count,
      );
    }
  }

  #claim(claim: KubeObject, label: string): void {
    const name = storageClassOf(claim);
    if (name === '') return;
    this.#storage.add(name ?? '', label);
  }
}

async function lacks(calls: TargetCalls, resource: typeof storage, name: string): Promise<boolean> {
  const { object, status } = await calls.read(objectPath(resource, undefined, name));
  return !object && !status;
}

async function lacksDefault(calls: TargetCalls): Promise<boolean> {
  const { objects, status } = await calls.list(storage);
  return !status && !objects.some(({ metadata }) => metadata.annotations?.[isDefault] === 'true');
}
