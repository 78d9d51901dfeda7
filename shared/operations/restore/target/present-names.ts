import type { ItemRef } from '../../../formats/vault/archive-types';
import { PathSet } from '../../../formats/vault/untrusted/path-set';
import type { Target } from './target';
import type { TargetCalls } from './target-calls';

/**
 * Tells which objects are there where creates are refused one after the other: one list of names for each resource and
 * namespace, read once and kept in 16 bytes a name, instead of a read for each object.
 */
export class PresentNames {
  readonly #scopes = new Map<string, Promise<PathSet | undefined>>();

  constructor(
    private readonly calls: TargetCalls,
    private readonly target: Target,
  ) {}

  /** False when the object was not there when its namespace was listed. True too where a list cannot tell. */
  async mayHold({ groupResource, namespace, name }: ItemRef): Promise<boolean> {
    const scope = `${groupResource}/${namespace ?? ''}`;
    let names = this.#scopes.get(scope);
    if (!names) {
      names = this.#list(groupResource, namespace);
      this.#scopes.set(scope, names);
    }
    return (await names)?.has(name) ?? true;
  }

  async #list(groupResource: string, namespace: string | undefined): Promise<PathSet | undefined> {
    const [resource] = this.target.versions(groupResource);
    // What is converted lies under another name, and is asked for object by object.
    if (!resource) return undefined;
    const found = new PathSet();
    for await (const { names, status } of this.calls.names(resource, namespace)) {
      // An object of a namespace or a kind that is not there is not there either.
      if (status) return status.code === 404 ? new PathSet() : undefined;
      for (const name of names) found.add(name);
    }
    return found;
  }
}
