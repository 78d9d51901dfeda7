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
    this.of(object.apiVersion, object.kind).add(object.namespace, text);
  }

  /**
   * The JSON of the file, a kind at a time, so that the names of all of them are never there at once. Kinds of which nothing
   * was added are not in it, as with Velero.
   */
  *json(): Generator<string, void> {
    let before = '{';
    for (const key of [...this.#kinds.keys()].sort()) {
      const names = this.#kinds.get(key)!.sorted();
      if (names.length === 0) continue;
      yield `${before}${JSON.stringify(key)}:${JSON.stringify(names)}`;
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  }
}

const PACKED_TOGETHER = 250;

/** The names of one kind; as strings of their own they would take several times the memory while a backup runs. */
export class ListedNames {
  #open: string[] = [];
  readonly #packed: Buffer[] = [];

  add(namespace: string | undefined, name: string): void {
    this.#open.push(namespace ? `${namespace}/${name}` : name);
    if (this.#open.length < PACKED_TOGETHER) return;
    this.#packed.push(Buffer.from(JSON.stringify(this.#open)));
    this.#open = [];
  }

  /** `shop/web`, or the name alone where there is no namespace; each once. */
  sorted(): string[] {
    const packed = this.#packed.flatMap((names) => JSON.parse(names.toString('utf8')) as string[]);
    const names = packed.concat(this.#open).sort();
    return names.filter((name, at) => name !== names[at - 1]);
  }
}
