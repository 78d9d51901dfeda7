import fc from 'fast-check';
import type { Conflicts } from '../../../../../shared/formats/manifests/conflict-policy';
import type { Transforms } from '../../../../../shared/formats/manifests/modifiers/transforms';
import type { TestItem, TestObject } from '../restore-rig';

/** A cluster's objects, a backup's, and how it is restored; all in namespaces of one prefix. */
export interface World {
  present: TestItem[];
  backup: TestItem[];
  namespaceMapping?: Record<string, string>;
  conflicts?: Conflicts;
  transforms?: Transforms;
  includedNamespaces?: string[];
}

const meta = (name: string, namespace: string | undefined, more: object = {}) => ({
  name,
  ...(namespace !== undefined && { namespace }),
  ...more,
});

/** Kinds by what is special about restoring them; `variant` makes two of the same name differ. */
const kinds: ((name: string, namespace: string, variant: number, kept: boolean) => TestItem)[] = [
  (name, namespace, variant, kept) => ({
    groupResource: 'configmaps',
    object: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: meta(name, namespace, kept ? { annotations: { 'example.com/keep': 'yes' } } : {}),
      data: { variant: String(variant) },
    },
  }),
  (name, namespace, variant) => ({
    groupResource: 'secrets',
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: meta(name, namespace),
      type: 'Opaque',
      data: { password: Buffer.from(`secret value ${variant}`).toString('base64') },
    },
  }),
  (name, namespace, variant) => ({
    groupResource: 'services',
    object: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta(name, namespace),
      spec: {
        type: variant === 0 ? 'ClusterIP' : 'LoadBalancer',
        selector: { app: name },
        ports: [{ port: 80 + variant, protocol: 'TCP', targetPort: 80 }],
      },
    },
  }),
  (name, namespace, variant) => ({
    groupResource: 'deployments.apps',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: meta(name, namespace),
      spec: {
        replicas: variant,
        // A selector cannot be changed.
        selector: { matchLabels: { app: variant === 2 ? 'other' : name } },
        template: {
          metadata: { labels: { app: variant === 2 ? 'other' : name } },
          spec: { containers: [{ name: 'web', image: `registry.old/web:${variant}` }] },
        },
      },
    },
  }),
  (name, namespace) => ({
    groupResource: 'serviceaccounts',
    object: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: meta(name === 'a' ? 'default' : name, namespace, { labels: { team: name } }),
    },
  }),
  (name, namespace, variant) => ({
    groupResource: 'persistentvolumeclaims',
    object: {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: meta(name, namespace),
      spec: {
        accessModes: ['ReadWriteOnce'],
        storageClassName: variant === 0 ? 'absent' : 'other',
        resources: { requests: { storage: '1Gi' } },
      },
    },
  }),
  (name, namespace, variant) => ({
    groupResource: 'rolebindings.rbac.authorization.k8s.io',
    object: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: meta(name, namespace),
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `role-${variant}` },
      subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
    },
  }),
  (name, namespace, variant) => ({
    groupResource: 'gadgets.example.com',
    object: {
      apiVersion: 'example.com/v1',
      kind: 'Gadget',
      metadata: meta(name, namespace),
      spec: { variant },
    },
  }),
  // A kind that nothing defines.
  (name, namespace) => ({
    groupResource: 'strangers.nowhere.example.com',
    object: { apiVersion: 'nowhere.example.com/v1', kind: 'Stranger', metadata: meta(name, namespace) },
  }),
];

/** The definition of Gadgets; in the cluster, in the backup, or in neither. */
export const definition: TestItem = {
  groupResource: 'customresourcedefinitions.apiextensions.k8s.io',
  object: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'gadgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
        },
      ],
    },
  },
};

const policies = ['skip', 'update', 'merge', 'replace', 'fail'] as const;

/** One object in the cluster, in the backup, or the same or another in both. */
const anObject = fc.record({
  kind: fc.nat(kinds.length - 1),
  name: fc.constantFrom('a', 'b'),
  namespace: fc.nat(1),
  variant: fc.nat(2),
  presentVariant: fc.option(fc.nat(2)),
  kept: fc.boolean(),
  inBackup: fc.boolean(),
});

/** Random worlds; `prefix` keeps those apart that share a cluster. */
export function worlds(prefix: string): fc.Arbitrary<World> {
  return fc
    .record({
      objects: fc.uniqueArray(anObject, {
        minLength: 4,
        maxLength: 16,
        selector: ({ kind, name, namespace }) => `${kind}/${namespace}/${name}`,
      }),
      emptyCluster: fc.boolean(),
      withDefinition: fc.boolean(),
      mapped: fc.boolean(),
      policy: fc.constantFrom(...policies),
      ofServices: fc.constantFrom(...policies),
      transforms: fc.constantFrom<Transforms | undefined>(
        undefined,
        { passive: true },
        { images: { 'registry.old': 'registry.new/mirror' }, replicasToZero: true, labels: { moved: 'yes' } },
        {
          resourceModifiers: {
            version: 'v1',
            resourceModifierRules: [
              {
                conditions: { groupResource: 'configmaps' },
                mergePatches: [{ patchData: '{"data":{"added":"by a modifier"}}' }],
              },
              {
                conditions: { groupResource: '*.apps' },
                patches: [{ operation: 'replace', path: '/spec/nothing/here', value: '1' }],
              },
            ],
          },
        },
      ),
    })
    .map(({ objects, emptyCluster, withDefinition, mapped, policy, ofServices, transforms }) => {
      const source = (index: number) => `${prefix}-source-${index}`;
      const target = (index: number) => (mapped && index === 0 ? `${prefix}-target` : source(index));
      const present: TestItem[] = emptyCluster
        ? []
        : [0, 1].map((index) => ({ groupResource: 'namespaces', object: namespaceObject(target(index)) }));
      const backup: TestItem[] = withDefinition ? [definition] : [];
      for (const { kind, name, namespace, variant, presentVariant, kept, inBackup } of objects) {
        const make = kinds[kind]!;
        // Nothing can exist of what is not defined.
        if (presentVariant !== null && !emptyCluster && kind < kinds.length - 2) {
          present.push(make(name, target(namespace), presentVariant, kept));
        }
        if (inBackup || presentVariant === null) backup.push(make(name, source(namespace), variant, false));
      }
      // A mapping that matches nothing ends a restore before it begins.
      const maps = mapped && holds(backup, source(0));
      const { images, ...others } = transforms ?? {};
      return {
        present,
        backup,
        ...(maps && { namespaceMapping: { [source(0)]: target(0) } }),
        conflicts: { policy, resources: { services: ofServices }, keepAnnotated: 'example.com/keep' },
        ...(transforms && {
          transforms: { ...others, ...(images && holds(backup, 'registry.old') && { images }) },
        }),
      };
    })
    .filter(({ backup }) => backup.length > 0);
}

function holds(items: readonly TestItem[], text: string): boolean {
  return JSON.stringify(items).includes(text);
}

function namespaceObject(name: string): TestObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}
