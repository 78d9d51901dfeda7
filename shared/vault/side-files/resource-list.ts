import type { ResourceList } from '../../manifests/velero';

/** Collects `-resource-list.json.gz`: keys `apps/v1/Deployment` in order, values sorted, each once. */
export class ResourceListBuilder {
  readonly #kinds = new Map<string, ListedNames>();

  /** The names of one kind, for whoever adds many. */
  of(apiVersion: string, kind: string): ListedNames {
    const key = `${apiVersion}/${kind}`;
    const names = this.#kinds.get(key) ?? new ListedNames();
    this.#kinds.set(key, names);
    return names;
  }

  /** @param outcome what a restore did (`created`, `updated`, `failed`, `skipped`); absent for a backup */
  add(object: {
    apiVersion: string;
    kind: string;
    namespace?: string;
    name: string;
    outcome?: string;
  }): void {
    const text = object.outcome ? `${object.name}(${object.outcome})` : object.name;
    this.of(object.apiVersion, object.kind).add(object.namespace, compact(text));
  }

  /** Kinds of which nothing was added are not in it, as with Velero. */
  build(): ResourceList {
    const lists = [...this.#kinds].map(([key, names]) => [key, names.sorted()] as const);
    const filled = lists.filter(([, names]) => names.length > 0);
    return Object.fromEntries(filled.sort(([left], [right]) => (left < right ? -1 : 1)));
  }
}

/** Names by namespace: put together one by one they would take several times the memory while a backup runs. */
export class ListedNames {
  readonly #names = new Map<string, string[]>();

  add(namespace: string | undefined, name: string): void {
    const names = this.#names.get(namespace ?? '');
    if (names) names.push(name);
    else this.#names.set(namespace ?? '', [name]);
  }

  /**
   * `shop/web`, or the name alone where there is no namespace; each once. Sorted by namespace and then by name, which is the
   * order of the whole texts once a namespace is compared with its slash, and half the work.
   */
  sorted(): string[] {
    const spaces = [...this.#names].map(
      ([namespace, names]) => [namespace && `${namespace}/`, names] as const,
    );
    return spaces
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .flatMap(([space, names]) => [...new Set(names)].sort().map((name) => space + name));
  }
}

/** The text in one piece: a string that was put together keeps all that it came from, which can be a whole path, several times its size. */
function compact(text: string): string {
  return Buffer.from(text).toString();
}
