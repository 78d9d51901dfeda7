import type { KubeObject } from '../../../../platform/kubernetes/kube-object';
import { type Fields, objectAt, objectsOf } from '../../convert/conversion';

const keepsUnknown = 'x-kubernetes-preserve-unknown-fields';

/**
 * What objects of a CustomResourceDefinition would lose if it became another one: versions that are removed or no longer
 * served, another version to store in, and fields that an older schema does not know, which the API server then drops at the
 * next write. `v1 spec.color`; empty where nothing is lost.
 */
export function lostFields(wanted: KubeObject, present: KubeObject): string[] {
  const lost: string[] = [];
  const after = new Map(versionsOf(wanted).map((one) => [one.name, one]));
  const [stored, willStore] = [present, wanted].map(
    (one) => versionsOf(one).find(({ storage }) => storage)?.name,
  );
  if (stored !== willStore) lost.push(`storage version ${String(stored)} → ${String(willStore)}`);
  for (const version of versionsOf(present)) {
    const name = String(version.name);
    const other = after.get(version.name);
    if (!other) lost.push(`version ${name}`);
    else if (version.served && !other.served) lost.push(`version ${name}, which is no longer served`);
    else if (wanted.spec?.preserveUnknownFields !== true) {
      for (const path of fieldsOnlyIn(schemaOf(present, version), schemaOf(wanted, other))) {
        lost.push(`${name} ${path}`);
      }
    }
  }
  return lost;
}

function versionsOf({ spec }: KubeObject): Fields[] {
  const versions = objectsOf(spec?.versions);
  // apiextensions.k8s.io/v1beta1 with one version.
  return versions.length > 0 ? versions : [{ name: spec?.version, served: true, storage: true }];
}

function schemaOf({ spec }: KubeObject, version: Fields): Fields | undefined {
  const schema = objectAt(version, 'schema') ?? objectAt(spec, 'validation');
  return objectAt(schema, 'openAPIV3Schema');
}

/** Paths that the first schema keeps and the second drops; of what is dropped whole, its root alone. */
function* fieldsOnlyIn(before: Fields | undefined, after: Fields | undefined, path = ''): Generator<string> {
  if (!before || after?.[keepsUnknown] === true) return;
  if (!after) {
    yield path === '' ? 'its whole schema' : path;
    return;
  }
  const values = objectAt(after, 'additionalProperties');
  if (after.additionalProperties === true) return;
  if (before[keepsUnknown] === true || before.additionalProperties === true) yield below(path, '*');
  const properties = objectAt(after, 'properties');
  for (const [name, property] of Object.entries(objectAt(before, 'properties') ?? {})) {
    yield* fieldsOnlyIn(
      objectAt({ property }, 'property'),
      objectAt(properties, name) ?? values,
      below(path, name),
    );
  }
  yield* fieldsOnlyIn(objectAt(before, 'additionalProperties'), values, below(path, '*'));
  yield* fieldsOnlyIn(objectAt(before, 'items'), objectAt(after, 'items'), `${path}[]`);
}

function below(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
