// Prints built-in-kinds.ts from the aggregated discovery of a real API server: what it answers to GET /api and to
// GET /apis with `Accept: application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`, in two files.
// usage: node local/cluster/kinds/generate-built-in-kinds.mjs VERSION API.json APIS.json > local/cluster/kinds/built-in-kinds.ts
import { readFileSync } from 'node:fs';

const [version, ...files] = process.argv.slice(2);
const letters = {
  create: 'c',
  delete: 'd',
  deletecollection: 'D',
  get: 'g',
  list: 'l',
  patch: 'p',
  update: 'u',
  watch: 'w',
};
const verbsOf = (verbs) => verbs.map((verb) => letters[verb]).join('');
const rows = [];
for (const file of files)
  for (const group of JSON.parse(readFileSync(file, 'utf8')).items)
    for (const { version: v, resources } of group.versions)
      for (const of of resources) {
        const groupVersion = group.metadata.name ? `${group.metadata.name}/${v}` : v;
        const subresources = (of.subresources ?? []).map((sub) => {
          const { group: g, version: sv, kind } = sub.responseKind;
          const full = sv === '' ? kind : `${g ? `${g}/${sv}` : sv}/${kind}`;
          return `${sub.subresource}=${full}:${verbsOf(sub.verbs)}`;
        });
        rows.push(
          [
            groupVersion,
            of.resource,
            of.responseKind.kind,
            of.singularResource || '-',
            of.scope === 'Namespaced' ? 'N' : 'C',
            verbsOf(of.verbs) || '-',
            (of.shortNames ?? []).join(',') || '-',
            (of.categories ?? []).join(',') || '-',
            ...subresources,
          ].join(' '),
        );
      }
process.stdout.write(`/** The release whose kinds these are, as its \`/version\` says. */
export const builtInVersion = '${version}';

/**
 * Every kind of that release in the order in which its discovery names them, read from a running API server by
 * generate-built-in-kinds.mjs. Columns: group version, resource, kind, singular, Namespaced or Cluster, verbs, short
 * names, categories, then subresource=kind:verbs. Verbs are create, delete, Delete collection, get, list, patch,
 * update, watch by their first letter.
 */
export const builtInKinds = \`
${rows.join('\n')}
\`;
`);
