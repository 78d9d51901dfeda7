import type { ResourceList } from '../manifests/velero';
import type { ArchivedItem } from './archive-types';

/**
 * Holds what is found in an archive against the resource list. API versions are left out: Velero lists an object under the
 * version it was served in and may store an older one (its action that remaps CRDs), and once more for each version stored.
 */
export class ArchiveTally {
  items = 0;
  /** Objects of each group-resource. */
  readonly counts: Record<string, number> = {};
  readonly #listed = new Set<string>();
  #unlisted: string | undefined;

  constructor(resourceList: ResourceList | undefined) {
    for (const [kind, names] of Object.entries(resourceList ?? {}))
      for (const name of names) this.#listed.add(`${withoutVersion(kind)} ${name}`);
  }

  add(item: ArchivedItem): void {
    this.items += 1;
    this.counts[item.groupResource] = (this.counts[item.groupResource] ?? 0) + 1;
    const name = item.namespace === undefined ? item.name : `${item.namespace}/${item.name}`;
    const listed = this.#listed.delete(`${withoutVersion(kindOf(item.body))} ${name}`);
    if (!listed) this.#unlisted ??= `${item.groupResource} ${name}`;
  }

  /** An object that was found and is not listed. */
  get unlisted(): string | undefined {
    return this.#unlisted;
  }

  /** How many were listed and not found. */
  get missing(): number {
    return this.#listed.size;
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
