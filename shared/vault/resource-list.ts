import type { ResourceList } from '../manifests/velero';

/** Collects `-resource-list.json.gz`: keys `apps/v1/Deployment` in order, values sorted, each once. */
export class ResourceListBuilder {
  readonly #names = new Map<string, Set<string>>();

  /** @param outcome what a restore did (`created`, `updated`, `failed`, `skipped`); absent for a backup */
  add(object: {
    apiVersion: string;
    kind: string;
    namespace?: string;
    name: string;
    outcome?: string;
  }): void {
    const key = `${object.apiVersion}/${object.kind}`;
    const names = this.#names.get(key) ?? new Set();
    const name = object.namespace ? `${object.namespace}/${object.name}` : object.name;
    names.add(compact(object.outcome ? `${name}(${object.outcome})` : name));
    this.#names.set(key, names);
  }

  build(): ResourceList {
    const keys = [...this.#names.keys()].sort();
    return Object.fromEntries(keys.map((key) => [key, [...(this.#names.get(key) ?? [])].sort()]));
  }
}

/** The text in one piece: a string that was put together keeps all that it came from, which can be a whole path, several times its size. */
function compact(text: string): string {
  return Buffer.from(text).toString();
}
