import { apiVersion as apiVersionOf } from '../../../shared/platform/kubernetes/api-resource';
import { readBuiltInKinds } from './built-in-table';
import type { ServedResource } from './served-resource';

/** Everything the server serves at the moment: built-in kinds, then the custom ones. */
export class ServedResources {
  readonly #builtIn: ServedResource[];
  readonly #custom = new Map<string, ServedResource[]>();
  #byPath = new Map<string, ServedResource>();
  #byKind = new Map<string, ServedResource>();
  #byStorage = new Map<string, ServedResource>();
  /** Grows with every change, so that discovery documents can be cached. */
  generation = 0;

  constructor(builtIn: ServedResource[] = readBuiltInKinds()) {
    this.#builtIn = builtIn;
    this.#index();
  }

  /** In the order of discovery; the versions of a custom group in kube-aware order. */
  all(): ServedResource[] {
    const custom = [...this.#custom.values()].flat();
    custom.sort((a, b) =>
      a.group !== b.group
        ? a.group < b.group
          ? -1
          : 1
        : compareVersions(a.version, b.version) || (a.resource < b.resource ? -1 : 1),
    );
    return [...this.#builtIn, ...custom];
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    return this.#byPath.get(`${group}/${version}/${resource}`);
  }

  /** By `apiVersion` and `kind` of an object. */
  findKind(apiVersion: string, kind: string): ServedResource | undefined {
    return this.#byKind.get(`${apiVersion}/${kind}`);
  }

  /** The preferred version of what is kept under a storage name. */
  findStorage(storage: string): ServedResource | undefined {
    return this.#byStorage.get(storage);
  }

  servesGroupVersion(group: string, version: string): boolean {
    return this.all().some((each) => each.group === group && each.version === version);
  }

  /** One served resource for every storage name: the preferred version. */
  storages(): ServedResource[] {
    return [...this.#byStorage.values()];
  }

  /** Replaces what one CustomResourceDefinition serves. */
  setCustom(definition: string, resources: ServedResource[]): void {
    if (resources.length) this.#custom.set(definition, resources);
    else this.#custom.delete(definition);
    this.#index();
  }

  #index(): void {
    this.#byPath = new Map();
    this.#byKind = new Map();
    this.#byStorage = new Map();
    for (const each of this.all()) {
      this.#byPath.set(`${each.group}/${each.version}/${each.resource}`, each);
      if (!this.#byStorage.has(each.storage)) this.#byStorage.set(each.storage, each);
      const kind = `${apiVersionOf(each)}/${each.kind}`;
      if (!this.#byKind.has(kind)) this.#byKind.set(kind, each);
    }
    this.generation += 1;
  }
}

/** v2 before v1 before v1beta2 before v1alpha1 before names that are no versions (kube-aware version priority). */
export function compareVersions(a: string, b: string): number {
  const left = readVersion(a);
  const right = readVersion(b);
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0;
  return right.stage - left.stage || right.major - left.major || right.minor - left.minor;
}

function readVersion(text: string): { stage: number; major: number; minor: number } | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(text);
  if (!match) return undefined;
  const stage = match[2] === undefined ? 2 : match[2] === 'beta' ? 1 : 0;
  return { stage, major: Number(match[1]), minor: Number(match[3] ?? 0) };
}
