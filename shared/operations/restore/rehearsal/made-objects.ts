import { type ApiResource, groupResource } from '../../../platform/kubernetes/api-resource';
import { PathSet } from '../../../formats/vault/untrusted/path-set';
import { servedByDefinition } from './made-definition';
import { objectKey, type RequestPlace } from '../../../platform/kubernetes/request-place';

/** Their content decides about what comes after them. */
const readAgain = new Set(['persistentvolumes', 'customresourcedefinitions']);

/**
 * What a rehearsal has made and deleted: 16 bytes an object, and the content of the few that later steps look into. A
 * namespace or CRD that would be made counts as made.
 */
export class MadeObjects {
  readonly #made = new PathSet();
  readonly #names = new PathSet();
  readonly #deleted = new Set<string>();
  readonly #bodies = new Map<string, Record<string, unknown>>();
  readonly #namespaces = new Set<string>();
  /** By group and resource. */
  readonly #kinds = new Map<string, string>();
  readonly #definitions = new Map<string, ApiResource[]>();

  make(place: RequestPlace, name: string, body: Record<string, unknown>): void {
    const key = objectKey(place, name);
    this.#made.add(key);
    if (typeof body.kind === 'string') this.#kinds.set(groupResource(place), body.kind);
    this.#names.add(`${place.resource}/${name}`);
    if (place.resource === 'namespaces') this.#namespaces.add(name);
    if (readAgain.has(place.resource)) this.#bodies.set(key, body);
    if (place.resource === 'customresourcedefinitions') this.#definitions.set(name, servedByDefinition(body));
  }

  delete(place: RequestPlace): void {
    this.#deleted.add(objectKey(place, place.name!));
  }

  has(place: RequestPlace, name = place.name!): boolean {
    return this.#made.has(objectKey(place, name));
  }

  /** Deleted and not made again. */
  gone(place: RequestPlace, name = place.name!): boolean {
    return this.#deleted.has(objectKey(place, name)) && !this.has(place, name);
  }

  /** The kind of what was made of a resource. */
  kindOf(place: RequestPlace): string | undefined {
    return this.#kinds.get(groupResource(place));
  }

  body(place: RequestPlace): Record<string, unknown> | undefined {
    return this.#bodies.get(objectKey(place, place.name!));
  }

  /** Whether a namespace is there only in the rehearsal. */
  hasNamespace(name: string | undefined): boolean {
    return name !== undefined && this.#namespaces.has(name);
  }

  /** Whether something of that kind and name was made, in any namespace. */
  hasNamed(resource: string, name: string): boolean {
    return this.#names.has(`${resource}/${name}`);
  }

  /** What the definitions made so far serve. */
  get resources(): ApiResource[] {
    return [...this.#definitions.values()].flat();
  }

  serves(group: string, resource: string): boolean {
    return this.#definitions.has(`${resource}.${group}`);
  }
}
