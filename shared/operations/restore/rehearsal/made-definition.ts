import type { ApiResource } from '../../../platform/kubernetes/api-resource';
import { isMap } from '../../../platform/input/is-map';

/**
 * What an API server would serve of a CustomResourceDefinition that is not there yet, in the order of discovery
 * (apimachinery, version.CompareKubeAwareVersionStrings). `definition` is of v1 or v1beta1.
 */
export function servedByDefinition(definition: Record<string, unknown>): ApiResource[] {
  const spec = isMap(definition.spec) ? definition.spec : {};
  const names = isMap(spec.names) ? spec.names : {};
  const single = typeof spec.version === 'string' ? [{ name: spec.version, served: true }] : [];
  const versions = (Array.isArray(spec.versions) ? spec.versions : single)
    .filter((one) => isMap(one) && one.served === true)
    .sort((left, right) => byPriority(String(left.name), String(right.name)));
  const plural = String(names.plural);
  return versions.map((version, index) => ({
    group: String(spec.group),
    version: String(version.name),
    kind: String(names.kind),
    resource: plural,
    namespaced: spec.scope === 'Namespaced',
    singular: String(names.singular ?? names.kind).toLowerCase(),
    shortNames: Array.isArray(names.shortNames) ? names.shortNames.map(String) : [],
    verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
    subresources: Object.keys(
      isMap(version.subresources) ? version.subresources : isMap(spec.subresources) ? spec.subresources : {},
    ),
    preferred: index === 0,
  }));
}

const stages = ['alpha', 'beta', undefined];

/** Released before beta before alpha, the higher number first; names of another form last, in order of the alphabet. */
function byPriority(left: string, right: string): number {
  const parts = [left, right].map((name) => /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name));
  const [a, b] = parts;
  if (!a || !b) return a ? -1 : b ? 1 : left.localeCompare(right);
  return (
    stages.indexOf(b[2]) - stages.indexOf(a[2]) ||
    Number(b[1]) - Number(a[1]) ||
    Number(b[3] ?? 0) - Number(a[3] ?? 0)
  );
}
