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
      const names = this.#kinds.get(key)!;
      if (names.isEmpty) continue;
      yield `${before}${JSON.stringify(key)}:${names.json()}`;
      before = ',';
    }
    yield before === '{' ? '{}' : '}';
  }
}

const packedTogether = 250;

/** The names of one kind; as strings of their own they would take several times the memory while a backup runs. */
export class ListedNames {
  #open: string[] = [];
  /** As they stand in JSON, with commas between them. */
  readonly #packed: Buffer[] = [];
  #last = '';
  /** Each came after the one before: so lists of an API server do, and then there is nothing to sort. */
  #inOrder = true;
  /** All of them, once `has` was asked for one out of order. */
  #known: Set<string> | undefined;

  get isEmpty(): boolean {
    return this.#open.length === 0 && this.#packed.length === 0;
  }

  add(namespace: string | undefined, name: string): void {
    const text = namespace ? `${namespace}/${name}` : name;
    if (text <= this.#last) this.#inOrder = false;
    this.#last = text;
    this.#known?.add(text);
    this.#open.push(text);
    if (this.#open.length < packedTogether) return;
    this.#packed.push(Buffer.from(elementsOf(this.#open)));
    this.#open = [];
  }

  /** Whether a name was added. Costs memory only where names come out of order. */
  has(namespace: string | undefined, name: string): boolean {
    const text = namespace ? `${namespace}/${name}` : name;
    if (this.#inOrder && text > this.#last) return false;
    this.#known ??= new Set(this.sorted());
    return this.#known.has(text);
  }

  /** `shop/web`, or the name alone where there is no namespace; each once. */
  sorted(): string[] {
    const packed = this.#packed.flatMap((names) => JSON.parse(`[${names}]`) as string[]);
    const names = packed.concat(this.#open).sort();
    return names.filter((name, at) => name !== names[at - 1]);
  }

  /** The same as a JSON array. */
  json(): string {
    if (!this.#inOrder) return JSON.stringify(this.sorted());
    const open = this.#open.length > 0 ? [elementsOf(this.#open)] : [];
    return `[${[...this.#packed, ...open].join(',')}]`;
  }
}

function elementsOf(names: readonly string[]): string {
  return JSON.stringify(names).slice(1, -1);
}
