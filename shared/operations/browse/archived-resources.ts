import { type ApiResource, groupResource } from '../../platform/kubernetes/api-resource';
import { resolveResource } from '../../platform/kubernetes/resolve-resource';
import { shortNames } from './short-names';

/**
 * Velero's names of the resources that a person means by `deploy`, `Deployment` or `deployments.apps`, out of those that an
 * archive holds. No API server is asked: singulars and kinds are those that the plural suggests, short names those of
 * built-in resources. A name that nothing is called by stays as it is.
 * @param held Velero's names: `deployments.apps`
 */
export function archivedResources(text: string, held: Iterable<string>): string[] {
  const found = resolveResource({ resources: [...held].map(asResource) }, text).map(groupResource);
  return found.length > 0 ? found : [text.toLowerCase()];
}

function asResource(name: string): ApiResource {
  const dot = name.indexOf('.');
  const [resource, group] = dot < 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot + 1)];
  const singular = singularOf(resource);
  return {
    group,
    version: '',
    resource,
    singular,
    // Compared without case.
    kind: singular,
    namespaced: true,
    shortNames: [...(shortNames[name] ?? [])],
    verbs: [],
    subresources: [],
    preferred: true,
  };
}

/** The rule that client-go makes plurals by, backwards (k8s.io/apimachinery, UnsafeGuessKindToResource). */
function singularOf(plural: string): string {
  if (plural === 'endpoints') return plural;
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`;
  if (/(s|x|ch|sh)es$/.test(plural)) return plural.slice(0, -2);
  return plural.endsWith('s') ? plural.slice(0, -1) : plural;
}
