import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../../../platform/kubernetes/kube-object';
import { ExactNumber } from '../../../platform/input/exact-number';
import { isMap } from '../../../platform/input/is-map';
import { type Conversion, type Fields, objectAt, objectsOf, rename } from './conversion';

const kind = { kind: 'CustomResourceDefinition', resource: 'customresourcedefinitions' };
const beta = 'apiextensions.k8s.io/v1beta1';
const stable = 'apiextensions.k8s.io/v1';

/**
 * v1 has schema, subresources and columns with each version and nowhere else. That v1 refuses to create what it still
 * serves (preserveUnknownFields, schemas without types) is no matter of conversion: see structural-schema.ts.
 */
export const definitionConversions: Conversion[] = [
  { ...kind, from: beta, to: stable, convert: toStable },
  { ...kind, from: stable, to: beta, convert: toBeta },
];

/** [field of all versions in v1beta1, field of each version]. */
const hoisted = [
  ['validation', 'schema'],
  ['subresources', 'subresources'],
  ['additionalPrinterColumns', 'additionalPrinterColumns'],
] as const;

function toStable(definition: KubeObject): void {
  const { spec } = definition;
  if (!spec) return;
  if (objectsOf(spec.versions).length === 0) {
    spec.versions = [{ name: spec.version, served: true, storage: true }];
  }
  delete spec.version;
  spec.scope ??= 'Namespaced';
  for (const [ofAll, ofEach] of hoisted) {
    const value = spec[ofAll];
    delete spec[ofAll];
    if (value === undefined || value === null) continue;
    for (const version of objectsOf(spec.versions)) version[ofEach] ??= copyOf(value);
  }
  renameColumnPaths(spec, 'JSONPath', 'jsonPath');
  // Unset means true in v1beta1 and false in v1.
  if (spec.preserveUnknownFields === false) delete spec.preserveUnknownFields;
  else spec.preserveUnknownFields = true;
  webhookToStable(objectAt(spec, 'conversion'));
}

function webhookToStable(conversion: Fields | undefined): void {
  if (!conversion) return;
  const { webhookClientConfig, conversionReviewVersions } = conversion;
  delete conversion.webhookClientConfig;
  delete conversion.conversionReviewVersions;
  if (conversion.strategy !== 'Webhook') return;
  conversion.webhook = {
    ...(webhookClientConfig ? { clientConfig: webhookClientConfig } : {}),
    conversionReviewVersions: conversionReviewVersions ?? ['v1beta1'],
  };
}

function toBeta(definition: KubeObject): void {
  const { spec } = definition;
  if (!spec) return;
  const versions = objectsOf(spec.versions);
  spec.version = versions[0]?.name;
  renameColumnPaths(spec, 'jsonPath', 'JSONPath');
  for (const [ofAll, ofEach] of hoisted) {
    const value = versions[0]?.[ofEach];
    if (value === undefined || !versions.every((one) => isDeepStrictEqual(one[ofEach], value))) continue;
    spec[ofAll] = value;
    for (const version of versions) delete version[ofEach];
  }
  spec.preserveUnknownFields ??= false;
  const conversion = objectAt(spec, 'conversion');
  const webhook = objectAt(conversion, 'webhook');
  if (!conversion || !webhook) return;
  delete conversion.webhook;
  if (webhook.clientConfig) conversion.webhookClientConfig = webhook.clientConfig;
  conversion.conversionReviewVersions = webhook.conversionReviewVersions;
}

function renameColumnPaths(spec: Fields, from: string, to: string): void {
  for (const holder of [spec, ...objectsOf(spec.versions)]) {
    for (const column of objectsOf(holder.additionalPrinterColumns)) rename(column, from, to);
  }
}

/** A schema of its own for each version; odd numbers, which never change, stay what they are. */
function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf);
  if (!isMap(value) || value instanceof ExactNumber) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, copyOf(field)]));
}
