import type { ApiResource } from '../../../platform/kubernetes/api-resource';
import { LifeboatError } from '../../../platform/errors';
import { placeName } from '../../../formats/manifests/object-name';
import type { RestoreSpec } from '../../../formats/manifests/velero';
import type { ArchivedItem, BackupContents } from '../../../formats/vault/archive-types';
import { parseItem } from '../document/archived-object';
import { claimFact } from '../decide/volume-facts';
import { meantResources } from '../decide/resource-names';

/**
 * The contents of a backup cut down to one object, its namespace and, of a claim, its volume: only their parts of the
 * archive are read. `resources` are the Velero names that the request may mean. Throws `not-found` naming the object.
 */
export async function singleObject(
  contents: BackupContents,
  wanted: { resource: string; namespace?: string; name: string },
  resources: readonly string[],
): Promise<BackupContents> {
  const { namespace, name } = wanted;
  for (const groupResource of resources) {
    const found = await contents.item({ groupResource, namespace, name });
    if (!found) continue;
    const related = [
      namespace === undefined
        ? undefined
        : await contents.item({ groupResource: 'namespaces', name: namespace }),
      groupResource === 'persistentvolumeclaims' ? await volumeOf(contents, found) : undefined,
    ];
    return fewItems([found, ...related.filter((one) => one !== undefined)]);
  }
  throw new LifeboatError('not-found', `${wanted.resource} ${placeName(wanted)} is not in the backup`, {
    hint: 'see what it holds with `lifeboat backup describe --details`; write the full name where groups share one, such as services.serving.knative.dev',
  });
}

/** Velero's names of the resource that a name means; one that the target serves comes before the name as it is written. */
export function resourceCandidates(name: string, served: readonly ApiResource[]): string[] {
  return [...new Set([...meantResources(name, served), name.toLowerCase()])];
}

/** The filters of a restore of one object: it is named, and so is where it lies. */
export function singleObjectSpec(spec: RestoreSpec, wanted: { namespace?: string }): RestoreSpec {
  const {
    includedResources: _i,
    excludedResources: _e,
    labelSelector: _l,
    orLabelSelectors: _o,
    ...rest
  } = spec;
  return {
    ...rest,
    includedNamespaces: wanted.namespace === undefined ? undefined : [wanted.namespace],
    excludedNamespaces: undefined,
    includeClusterResources: true,
  };
}

async function volumeOf(contents: BackupContents, claim: ArchivedItem): Promise<ArchivedItem | undefined> {
  const { volumeName } = claimFact(parseItem(claim));
  return volumeName ? contents.item({ groupResource: 'persistentvolumes', name: volumeName }) : undefined;
}

function fewItems(items: readonly ArchivedItem[]): BackupContents {
  return {
    async check(visit) {
      for (const item of items) await visit(item);
    },
    async *items(groupResources) {
      yield* items.filter((item) => groupResources.includes(item.groupResource));
    },
    async item(ref) {
      return items.find(
        (item) =>
          item.groupResource === ref.groupResource &&
          item.namespace === ref.namespace &&
          item.name === ref.name,
      );
    },
    async close() {},
  };
}
