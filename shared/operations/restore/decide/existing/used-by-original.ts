import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { sameValue } from '../../../../formats/manifests/modifiers/field-diff';
import { isMap } from '../../../../platform/input/is-map';
import { namespacesNamed } from '../../transform/references';

/** What becomes of an object that the original of a copy uses too. */
export interface SharedKind {
  /** As the documentation names the kinds. */
  objects: string;
  groupResources: readonly string[];
  /** The list that the copy's entries are added to; without it the object is left alone. */
  adds?: ListPath;
  /** A field that must be the same for that. */
  needs?: string;
  /** Why the object is left alone, or what is added. */
  because: string;
}

const admission = 'admissionregistration.k8s.io';

/**
 * How a restore with a namespace mapping treats an existing object outside the copy that names a namespace of the original.
 * Kinds that are not here are left alone.
 */
export const sharedKinds: readonly SharedKind[] = [
  {
    objects: 'ClusterRoleBindings, RoleBindings of other namespaces',
    groupResources: [
      'clusterrolebindings.rbac.authorization.k8s.io',
      'rolebindings.rbac.authorization.k8s.io',
    ],
    adds: ['subjects'],
    needs: 'roleRef',
    because: "the copy's subjects are added",
  },
  {
    objects: 'FlowSchemas',
    groupResources: ['flowschemas.flowcontrol.apiserver.k8s.io'],
    adds: ['spec', 'rules'],
    because: "rules for the copy's accounts are added",
  },
  {
    objects: 'webhook configurations',
    groupResources: [
      `mutatingwebhookconfigurations.${admission}`,
      `validatingwebhookconfigurations.${admission}`,
    ],
    because: "a webhook has one backend, and a second one would be asked about the original's objects too",
  },
  {
    objects: 'bindings of admission policies',
    groupResources: [
      `validatingadmissionpolicybindings.${admission}`,
      `mutatingadmissionpolicybindings.${admission}`,
    ],
    because: "it has one parameter and one selector, and they are the original's",
  },
  {
    objects: 'admission policies',
    groupResources: [`validatingadmissionpolicies.${admission}`, `mutatingadmissionpolicies.${admission}`],
    because: "it has one selector, and it is the original's",
  },
  {
    objects: 'APIServices',
    groupResources: ['apiservices.apiregistration.k8s.io'],
    because: 'a version of an API group is served by one Service',
  },
  {
    objects: 'CustomResourceDefinitions',
    groupResources: ['customresourcedefinitions.apiextensions.k8s.io'],
    because: 'a kind is converted by one Service',
  },
  {
    objects: 'StorageClasses and classes of snapshots',
    groupResources: [
      'storageclasses.storage.k8s.io',
      'volumesnapshotclasses.snapshot.storage.k8s.io',
      'volumegroupsnapshotclasses.groupsnapshot.storage.k8s.io',
    ],
    because: "its Secrets are the original's",
  },
  {
    objects: 'IngressClasses and GatewayClasses',
    groupResources: ['ingressclasses.networking.k8s.io', 'gatewayclasses.gateway.networking.k8s.io'],
    because: "its parameters are the original's",
  },
];

/** What keeps an existing object from becoming what a policy would make of it. */
export interface Restraint {
  /** Why it stays as it is. */
  reason: string;
  /** The object with what may be added all the same; undefined where nothing may be. */
  added?(wanted: KubeObject, present: KubeObject): KubeObject | undefined;
}

/**
 * The restraint on an object that names `namespaces` of the original. Only entries that the mapping has made are added.
 *
 * @param renamed the namespaces that are copied, and those of the copies
 * @param archived reads the object as the backup has it
 */
export function usedByOriginal(
  groupResource: string,
  namespaces: readonly string[],
  renamed: { sources: ReadonlySet<string>; targets: ReadonlySet<string> },
  archived: () => KubeObject,
): Restraint {
  const shared = sharedKinds.find(({ groupResources }) => groupResources.includes(groupResource));
  const who = `it names namespace ${namespaces.join(', ')}, which this restore copies`;
  const { adds, needs } = shared ?? {};
  if (!shared || !adds) {
    return { reason: `${who}${shared ? `: ${shared.because}` : ''}` };
  }
  return {
    reason: `${who}: ${shared.because}`,
    added: (wanted, present) => {
      if (needs && !sameValue(Reflect.get(wanted, needs), Reflect.get(present, needs))) return undefined;
      const names = (object: KubeObject, entry: unknown, some: ReadonlySet<string>) =>
        [...namespacesNamed(groupResource, withList(object, adds, [entry]))].some((name) => some.has(name));
      const before = archived();
      const unmapped = listAt(before, adds).filter((one) => !names(before, one, renamed.sources));
      const there = listAt(present, adds);
      const lacking = without(listAt(wanted, adds), unmapped).filter(
        (one) => names(wanted, one, renamed.targets) && !there.some((other) => sameValue(one, other)),
      );
      return lacking.length === 0 ? present : withList(present, adds, [...there, ...lacking]);
    },
  };
}

/** A list without one entry for each of `others`: an entry that is there twice stays once. */
function without(list: readonly unknown[], others: readonly unknown[]): unknown[] {
  const left = [...list];
  for (const other of others) {
    const at = left.findIndex((one) => sameValue(one, other));
    if (at >= 0) left.splice(at, 1);
  }
  return left;
}

type ListPath = readonly [string, ...string[]];

function listAt(object: unknown, [name, ...rest]: ListPath): unknown[] {
  const value = isMap(object) ? object[name] : undefined;
  if (rest.length > 0) return listAt(value, rest as unknown as ListPath);
  return Array.isArray(value) ? value : [];
}

/** A copy of an object with another list in a place. */
function withList<T extends Record<string, unknown>>(
  object: T,
  [name, ...rest]: ListPath,
  list: unknown[],
): T {
  const value = object[name];
  const inner = isMap(value) ? value : {};
  return {
    ...object,
    [name]: rest.length > 0 ? withList(inner, rest as unknown as ListPath, list) : list,
  };
}
