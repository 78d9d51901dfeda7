import { rule } from './rule';

const unset = (was: unknown, is: unknown) => was === undefined && is !== undefined;
const zoneOf = 'topology.kubernetes.io/zone';

/** What a newer Kubernetes says in another version, in another field, or with a default that the old one did not know. */
export const newerRules = [
  rule(
    '*',
    /^apiVersion$/,
    'the newer server does not serve the old version',
    (was, is) => /v1beta1$/.test(String(was)) && is === String(was).replace('v1beta1', 'v1'),
  ),
  rule(
    '*',
    /^spec\.(jobTemplate\.|jobTemplate\.spec\.)?(template\.)?metadata\.creationTimestamp$/,
    'servers wrote null for a time that is not set',
    (was, is) => was === null && is === undefined,
  ),
  rule(
    'Namespace',
    /^metadata\.labels(\["kubernetes\.io\/metadata\.name"\])?$/,
    'servers from 1.21 on label each namespace with its name',
    (was, is) => was === undefined && typeof is === 'string',
  ),
  rule(
    'Service',
    /^spec\.(ipFamilies|ipFamilyPolicy|internalTrafficPolicy)$/,
    'defaults of dual-stack and of internal traffic',
    (was, is) => was === undefined && ['["IPv4"]', '"SingleStack"', '"Cluster"'].includes(JSON.stringify(is)),
  ),
  rule(
    'PodDisruptionBudget',
    /^spec\.selector\.matchExpressions$/,
    'an empty selector was no pod and would be every pod',
    (was, is) =>
      was === undefined &&
      JSON.stringify(is).includes('"pdb.kubernetes.io/deprecated-v1beta1-empty-selector-match"'),
  ),
  rule(
    'EndpointSlice',
    /^endpoints\[\d\]\.topology$/,
    'v1 has fields for what it keeps of it',
    (was, is, { archived, live }) =>
      is === undefined &&
      (was as Record<string, string>)[zoneOf] === live.endpoints[0].zone &&
      archived.endpoints.length === 1,
  ),
  rule(
    'EndpointSlice',
    /^endpoints\[\d\]\.zone$/,
    'it was among the topology',
    (_was, is, { archived }) => is === archived.endpoints[0].topology[zoneOf],
  ),
  rule(
    'CustomResourceDefinition',
    /^spec\.(additionalPrinterColumns|subresources|validation|version)$/,
    'v1 says it for each version',
    (_was, is, { archived }) => archived.apiVersion.endsWith('v1beta1') && is === undefined,
  ),
  rule(
    'CustomResourceDefinition',
    /^spec\.versions\[\d\]\.subresources$/,
    'v1beta1 said it for all versions',
    (was, is, { archived }) =>
      unset(was, is) && JSON.stringify(is) === JSON.stringify(archived.spec.subresources),
  ),
  rule(
    'CustomResourceDefinition',
    /^spec\.versions\[\d\]\.additionalPrinterColumns$/,
    'v1beta1 said it for all versions, and called one field JSONPath',
    (was, is, { archived }) =>
      unset(was, is) &&
      sorted(is) === sorted(archived.spec.additionalPrinterColumns).replaceAll('JSONPath', 'jsonPath'),
  ),
  rule(
    'CustomResourceDefinition',
    /^spec\.versions\[\d\]\.schema$/,
    'v1beta1 said it for all versions, and did not want every level typed',
    (was, is, { archived }) => {
      const own = archived.spec.validation?.openAPIV3Schema.properties.spec.properties;
      const schema = is as { openAPIV3Schema: { properties: { spec: { properties: unknown } } } };
      return (
        unset(was, is) &&
        JSON.stringify(schema.openAPIV3Schema.properties.spec.properties) === JSON.stringify(own)
      );
    },
  ),
];

function sorted(columns: unknown): string {
  const entries = (columns as Record<string, unknown>[]).map((column) =>
    Object.fromEntries(
      Object.entries(column).sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1)),
    ),
  );
  return JSON.stringify(entries);
}
