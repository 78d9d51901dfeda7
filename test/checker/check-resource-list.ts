import type { Item } from './check-archive';
import type { Require } from './rules';

/**
 * The resource list beside the archive. Versions are left out of the comparison: Velero lists an object under the version
 * it was served in and may store an older one (its action that remaps CRDs). What an error kept out of the archive is
 * listed all the same.
 */
export function checkAgainstArchive(
  resourceList: Record<string, string[]>,
  items: readonly Item[],
  errors: number,
  require: Require,
): void {
  const listed = new Map<string, number>();
  for (const [kind, names] of Object.entries(resourceList))
    for (const name of names) add(listed, `${withoutVersion(kind)} ${name}`);
  const archived = new Map<string, number>();
  for (const { version, namespace, name, object } of items) {
    if (version?.endsWith('-preferredversion')) continue;
    const kind = withoutVersion(`${object.apiVersion}/${object.kind}`);
    add(archived, `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`);
  }
  for (const [item, count] of archived)
    require((listed.get(item) ?? 0) >= count, 'item-listed', `${item}: ${listed.get(item) ?? 0} of ${count}`);
  let missing = 0;
  let example = '';
  for (const [item, count] of listed) {
    const absent = count - (archived.get(item) ?? 0);
    if (absent > 0) example = item;
    missing += Math.max(0, absent);
  }
  require(missing <= errors, 'list-archived', `${missing} missing, ${example}`);
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** `apps/v1/Deployment` → `apps/Deployment` */
function withoutVersion(kind: string): string {
  return kind.replace(/(^|\/)v\d\w*\//, '$1');
}
