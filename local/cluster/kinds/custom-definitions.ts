import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';
import type { KindRule } from './kind-rule';
import { isMap } from '../../../shared/platform/input/is-map';
import type { Schema } from '../schema/schema';
import type { ServedResource, ServedSubresource } from './served-resource';
import { requiredValue, type StatusCause } from '../http/status-error';

export const definitionStorage = 'customresourcedefinitions.apiextensions.k8s.io';
export const cleanupFinalizer = 'customresourcecleanup.apiextensions.k8s.io';

interface Names {
  plural: string;
  kind: string;
  singular?: string;
  listKind?: string;
  shortNames?: string[];
  categories?: string[];
}

interface DefinitionSpec {
  group: string;
  scope: 'Namespaced' | 'Cluster';
  names: Names;
  preserveUnknownFields?: boolean;
  versions: {
    name: string;
    served: boolean;
    storage: boolean;
    schema?: { openAPIV3Schema?: Schema };
    subresources?: { status?: object; scale?: object };
  }[];
}

const specOf = (definition: KubeObject) => definition.spec as unknown as DefinitionSpec;

/** CustomResourceDefinitions: names filled in, checked as far as a first run needs it. Conversion is always None. */
export const definitionRule: KindRule = {
  generation: true,
  initialStatus: () => undefined,
  onCreate(definition) {
    const spec = fillIn(definition);
    definition.status = {
      conditions: null,
      acceptedNames: { plural: '', kind: '' },
      storedVersions: storedVersions(spec),
    };
  },
  onUpdate(definition) {
    fillIn(definition);
  },
  onDelete(definition) {
    const finalizers = definition.metadata.finalizers ?? [];
    definition.metadata.finalizers = [...new Set([...finalizers, cleanupFinalizer])];
    return false;
  },
  validate(definition) {
    const { names, group, versions, scope } = specOf(definition);
    const causes: StatusCause[] = [];
    if (!group) causes.push(requiredValue('spec.group'));
    if (!scope) causes.push(requiredValue('spec.scope'));
    if (!names.plural) causes.push(requiredValue('spec.names.plural'));
    if (!names.kind) causes.push(requiredValue('spec.names.kind'));
    if (names.plural && group && definition.metadata.name !== `${names.plural}.${group}`) {
      causes.push({
        reason: 'FieldValueInvalid',
        message: `Invalid value: "${definition.metadata.name}": must be spec.names.plural+"."+spec.group`,
        field: 'metadata.name',
      });
    }
    if (versions.filter((version) => version.storage).length !== 1) {
      causes.push({
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${JSON.stringify(versions.map(({ name }) => name))}: must have exactly one version marked as storage version`,
        field: 'spec.versions',
      });
    }
    versions.forEach((version, index) => {
      if (version.schema?.openAPIV3Schema) return;
      causes.push(requiredValue(`spec.versions[${index}].schema.openAPIV3Schema`, 'schemas are required'));
    });
    return causes;
  },
};

function fillIn(definition: KubeObject): DefinitionSpec {
  definition.spec ??= {};
  const spec = specOf(definition);
  spec.names = isMap(spec.names) ? spec.names : { plural: '', kind: '' };
  spec.versions ??= [];
  spec.names.singular ||= spec.names.kind?.toLowerCase();
  spec.names.listKind ||= spec.names.kind ? `${spec.names.kind}List` : undefined;
  definition.spec = { conversion: { strategy: 'None' }, ...definition.spec };
  if (spec.preserveUnknownFields === false) delete definition.spec.preserveUnknownFields;
  return spec;
}

const storedVersions = (spec: DefinitionSpec) =>
  spec.versions.filter((version) => version.storage).map((version) => version.name);

/** The status of a definition whose names are accepted and whose resources are served. */
export function establishedStatus(definition: KubeObject, time: string): Record<string, unknown> {
  const spec = specOf(definition);
  const before = (definition.status?.storedVersions as string[] | undefined) ?? [];
  const conditions = [
    condition('NamesAccepted', 'NoConflicts', 'no conflicts found', time),
    condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted', time),
  ];
  return {
    conditions,
    acceptedNames: spec.names,
    storedVersions: [...new Set([...before, ...storedVersions(spec)])],
  };
}

const condition = (type: string, reason: string, message: string, time: string) => ({
  type,
  status: 'True',
  lastTransitionTime: time,
  reason,
  message,
});

const verbs = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'];
const subresourceVerbs = ['get', 'patch', 'update'];

/** What a definition makes the server serve. */
export function servedBy(definition: KubeObject): ServedResource[] {
  const spec = specOf(definition);
  const { plural, kind, singular, shortNames, categories } = spec.names;
  return spec.versions
    .filter((version) => version.served)
    .map((version) => {
      const subresources: ServedSubresource[] = [];
      const own = { group: spec.group, version: version.name, kind };
      if (version.subresources?.status) {
        subresources.push({ name: 'status', responseKind: own, verbs: subresourceVerbs });
      }
      if (version.subresources?.scale) {
        const responseKind = { group: 'autoscaling', version: 'v1', kind: 'Scale' };
        subresources.push({ name: 'scale', responseKind, verbs: subresourceVerbs });
      }
      const schema = version.schema?.openAPIV3Schema ?? {};
      return {
        ...own,
        resource: plural,
        singular: singular ?? '',
        namespaced: spec.scope === 'Namespaced',
        verbs,
        shortNames: shortNames ?? [],
        categories: categories ?? [],
        subresources,
        storage: `${plural}.${spec.group}`,
        custom: {
          definition: definition.metadata.name,
          schema: spec.preserveUnknownFields
            ? { ...schema, 'x-kubernetes-preserve-unknown-fields': true }
            : schema,
        },
      };
    });
}
