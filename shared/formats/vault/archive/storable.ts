import { archiveLimits, type ArchiveLimits } from '../untrusted/archive-limits';
import { itemPath, versionDirectories } from './archive-path';
import type { ArchivableBatch, ItemRef } from '../archive-types';
import { quoted } from '../untrusted/corrupt-archive';
import { isName, parseEntryPath } from '../untrusted/entry-path';
import { groupOf, groupOfResource, itemProblem } from './item-json';
import { safePath } from '../untrusted/safe-path';

/** Bytes of a name: the file is named so, with `.json` behind it. */
const maxNameBytes = 253;

/** It has no UTF-8. */
const loneSurrogate = /\p{Cs}/u;

/** The resource that objects are to be archived under. */
export interface StorableResource extends Omit<ArchivableBatch, 'items'> {
  apiVersion: string;
  kind: string;
  namespaced: boolean;
}

/** An object that is to be archived. */
export interface StorableItem extends Omit<ItemRef, 'groupResource'> {
  /** Bytes of `json`. */
  readonly size: number;
  /** It is JSON, with this name and namespace, and the resource's kind and apiVersion. */
  readonly proved: boolean;
  readonly json: Buffer;
}

/**
 * Judges objects by the rules of the reader before they are archived, since one bad entry makes the reader refuse an archive
 * as a whole.
 */
export class Storable {
  readonly #resource: StorableResource;
  readonly #limits: ArchiveLimits;
  readonly #namespaces = new Map<string | undefined, boolean>();
  /** Why no object of the resource can be stored; undefined where they can. */
  readonly problem: string | undefined;

  constructor(resource: StorableResource, limits = archiveLimits) {
    this.#resource = resource;
    this.#limits = limits;
    const { groupResource, apiVersion, namespaced } = resource;
    const holds =
      this.#takesNamespace(namespaced ? 'a' : undefined) &&
      groupOf(apiVersion) === groupOfResource(groupResource);
    this.problem = holds ? undefined : 'an archive cannot hold a resource of this name and version';
  }

  /** Why an object cannot be stored; undefined when it can. */
  problemOf(item: StorableItem): string | undefined {
    return this.problem ?? this.#placeProblem(item) ?? this.#bodyProblem(item);
  }

  #placeProblem({ namespace, name }: StorableItem): string | undefined {
    if (this.#resource.namespaced !== (namespace !== undefined))
      return namespace === undefined
        ? 'it names no namespace'
        : 'it names a namespace, and its kind has none';
    if (!this.#takesNamespace(namespace)) return 'its namespace has a name that Kubernetes does not allow';
    return nameProblem(name);
  }

  #bodyProblem(item: StorableItem): string | undefined {
    const { entryBytes, depth } = this.#limits;
    const { namespace, name, size } = item;
    if (size > entryBytes) return `it has ${size} bytes; an archive holds at most ${entryBytes} of an object`;
    if (item.proved) return undefined;
    const { groupResource, apiVersion, kind } = this.#resource;
    const { json } = item;
    const problem = itemProblem({ groupResource, namespace, name }, json, depth);
    if (problem !== undefined) return `it ${problem}`;
    const found = JSON.parse(json.toString('utf8')) as { apiVersion: string; kind: string };
    return found.kind === kind && found.apiVersion === apiVersion
      ? undefined
      : `it is a ${quoted(found.kind)} of ${quoted(found.apiVersion)} in a list of ${kind} of ${apiVersion}`;
  }

  /** Whether the reader finds on every path in a namespace what the writer puts there. */
  #takesNamespace(namespace: string | undefined): boolean {
    const known = this.#namespaces.get(namespace);
    if (known !== undefined) return known;
    const { groupResource, version, preferred } = this.#resource;
    const ref = { groupResource, ...(namespace === undefined ? {} : { namespace }), name: 'a' };
    const takes = versionDirectories(version, preferred).every((directory) => {
      const path = itemPath(ref, directory);
      const entry = safePath(path) === path && !loneSurrogate.test(path) ? parseEntryPath(path) : undefined;
      if (entry?.kind === 'preferred')
        return entry.groupResource === groupResource && entry.version === version && preferred;
      return (
        (entry?.kind === 'item' || (entry?.kind === 'version' && entry.version === version)) &&
        entry.ref.groupResource === groupResource &&
        entry.ref.namespace === namespace
      );
    });
    this.#namespaces.set(namespace, takes);
    return takes;
  }
}

function nameProblem(name: string): string | undefined {
  // Nearly every name is one of these.
  if (/^[a-z0-9][-a-z0-9.:]{0,252}$/.test(name)) return undefined;
  if (!isName(name) || loneSurrogate.test(name) || name.includes('/') || name.includes('\ufffd'))
    return 'its name has characters that a path cannot hold';
  const bytes = Buffer.byteLength(name);
  return bytes > maxNameBytes
    ? `its name has ${bytes} bytes; an archive holds at most ${maxNameBytes}`
    : undefined;
}

/** A name of any characters as messages show it. */
export function shownName(name: string): string {
  return /^[\x20-\x7e]{1,253}$/.test(name) ? name : quoted(name);
}
