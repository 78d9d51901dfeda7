import {
  CORE_SCHEMA,
  defineScalarTag,
  dump,
  intCoreTag,
  load,
  loadAll,
  mergeTag,
  NOT_RESOLVED,
} from 'js-yaml';
import type { KubeObject } from '../../../shared/platform/kubernetes/kube-object';

/** Integers beyond 2^53 are bigints here as well. */
const int64Tag = defineScalarTag<number | bigint>('tag:yaml.org,2002:int', {
  ...intCoreTag,
  resolve(source, isExplicit, tagName) {
    const value = intCoreTag.resolve(source, isExplicit, tagName);
    if (value === NOT_RESOLVED || Number.isSafeInteger(value)) return value;
    return /^[-+]?\d+$/.test(source) ? BigInt(source) : value;
  },
  identify: (value) => typeof value === 'bigint' || intCoreTag.identify(value),
  represent: (value) => String(value),
});

const schema = CORE_SCHEMA.withTags(int64Tag, mergeTag);

/** The objects of a YAML text of one or more documents; the items of a List one by one. */
export function readManifests(text: string): KubeObject[] {
  return loadAll(text, { schema })
    .filter((document) => document !== null && document !== undefined)
    .flatMap((document) => {
      const object = document as KubeObject & { items?: KubeObject[] };
      return object.kind === 'List' ? (object.items ?? []) : [object];
    });
}

/** The one object of a YAML text. */
export function readManifest(text: string): unknown {
  return load(text, { schema });
}

/** One object as a YAML document. */
export function writeManifest(object: KubeObject): string {
  return dump(object, { schema, lineWidth: -1 });
}
