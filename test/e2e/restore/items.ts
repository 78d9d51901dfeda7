import type { TestItem, TestObject } from '../../shared/operations/restore/restore-rig';

/** A Namespace with a label of its own. */
export const namespace = (name: string): TestItem => ({
  groupResource: 'namespaces',
  object: {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { team: 'shop' } },
    spec: { finalizers: ['kubernetes'] },
  },
});
/** A ConfigMap; `more` beside its metadata, `meta` in it. */
export const configMap = (ns: string, name: string, more: Partial<TestObject> = {}, meta = {}): TestItem => ({
  groupResource: 'configmaps',
  object: {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: ns, name, ...meta },
    data: { a: '1' },
    ...more,
  },
});
/** A CRD with one namespaced version. */
export const definition = (plural: string, kind: string, group: string, schema: unknown): TestItem => ({
  groupResource: 'customresourcedefinitions.apiextensions.k8s.io',
  object: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { plural, kind, singular: kind.toLowerCase() },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: schema },
        },
      ],
    },
  },
});
/** A schema that takes all. */
export const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
