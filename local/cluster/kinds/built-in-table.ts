import { builtInKinds } from './built-in-kinds';
import { type ServedResource, type ServedSubresource, splitGroupVersion } from './served-resource';

const verbOf: Record<string, string> = {
  c: 'create',
  d: 'delete',
  D: 'deletecollection',
  g: 'get',
  l: 'list',
  p: 'patch',
  u: 'update',
  w: 'watch',
};

/** The built-in kinds, in the order and preference in which the real server names them. */
export function readBuiltInKinds(): ServedResource[] {
  return builtInKinds
    .trim()
    .split('\n')
    .map((row) => {
      const [apiVersion, resource, kind, singular, scope, verbs, shortNames, categories, ...subresources] =
        row.split(' ') as [string, string, string, string, string, string, string, string, ...string[]];
      const { group, version } = splitGroupVersion(apiVersion);
      return {
        group,
        version,
        kind,
        resource,
        singular: singular === '-' ? '' : singular,
        namespaced: scope === 'N',
        verbs: readVerbs(verbs),
        shortNames: readList(shortNames),
        categories: readList(categories),
        subresources: subresources.map(readSubresource),
        // One event is served by two groups (cohabiting resources).
        storage: resource === 'events' ? 'events' : group ? `${resource}.${group}` : resource,
      };
    });
}

function readSubresource(text: string): ServedSubresource {
  const [name, rest] = text.split('=') as [string, string];
  const [responseKind, verbs] = rest.split(':') as [string, string];
  const cut = responseKind.lastIndexOf('/');
  const kind = responseKind.slice(cut + 1);
  const own = cut < 0 ? { group: '', version: '' } : splitGroupVersion(responseKind.slice(0, cut));
  return { name, responseKind: { ...own, kind }, verbs: readVerbs(verbs) };
}

const readVerbs = (letters: string) => (letters === '-' ? [] : [...letters].map((letter) => verbOf[letter]!));
const readList = (text: string) => (text === '-' ? [] : text.split(','));
