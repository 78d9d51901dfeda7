import { placeName } from '../../manifests/object-name';
import type { ResourceList } from '../../manifests/velero';
import type { ArchivedItem } from '../archive-types';

/**
 * Holds what is found in an archive against the resource list. Which API version it is does not count, only how many: Velero
 * lists an object under the version it was served in and may store an older one (its action that remaps CRDs), and once more
 * for each further version stored.
 */
export class ArchiveTally {
  items = 0;
  /** Further versions of those objects. */
  versions = 0;
  /** Objects that are there and cannot be read. */
  unreadable = 0;
  /** Objects of each group-resource, each once. */
  readonly counts = Object.create(null) as Record<string, number>;
  /** How often each is listed. */
  readonly #listed = new Map<string, number>();
  #unlisted: string | undefined;

  constructor(resourceList: ResourceList | undefined) {
    for (const [kind, names] of Object.entries(resourceList ?? {}))
      for (const name of names) this.#list(`${withoutVersion(kind)} ${name}`);
  }

  add(item: ArchivedItem): void {
    this.items += 1;
    this.counts[item.groupResource] = (this.counts[item.groupResource] ?? 0) + 1;
    this.#find(item);
  }

  /** Takes note of an object that is there and cannot be read: what kind it is, its bytes do not say. */
  addUnreadable(groupResource: string | undefined): void {
    this.unreadable += 1;
    if (groupResource !== undefined) this.counts[groupResource] = (this.counts[groupResource] ?? 0) + 1;
  }

  /** An object that is there already, in another version. */
  addVersion(item: ArchivedItem): void {
    this.versions += 1;
    this.#find(item);
  }

  #list(key: string): void {
    this.#listed.set(key, (this.#listed.get(key) ?? 0) + 1);
  }

  #find(item: ArchivedItem): void {
    const name = placeName(item);
    const key = `${withoutVersion(kindOf(item.body))} ${name}`;
    const times = this.#listed.get(key);
    if (times === undefined) this.#unlisted ??= `${item.groupResource} ${name}`;
    else if (times === 1) this.#listed.delete(key);
    else this.#listed.set(key, times - 1);
  }

  /** An object that was found and is not listed. */
  get unlisted(): string | undefined {
    return this.#unlisted;
  }

  /** How many were listed and not found. */
  get missing(): number {
    let missing = 0;
    for (const times of this.#listed.values()) missing += times;
    return missing;
  }
}

/** `apps/v1/Deployment`, without parsing where it stands in front, as it does in all but custom resources of odd writers. */
function kindOf(body: Buffer): string {
  const front = /^\{"apiVersion":"([^"\\]+)","kind":"([^"\\]+)"/.exec(body.toString('latin1', 0, 400));
  if (front) return `${front[1]}/${front[2]}`;
  const { apiVersion, kind } = JSON.parse(body.toString('utf8')) as { apiVersion: string; kind: string };
  return `${apiVersion}/${kind}`;
}

/** `apps/v1/Deployment` → `apps/Deployment` */
function withoutVersion(kind: string): string {
  const [kindName, , group = ''] = kind.split('/').reverse();
  return `${group}/${kindName}`;
}
