import type { KubeObject } from '../../platform/kubernetes/kube-object';
import { ArchiveFacts } from '../restore/check/archive-facts';
import { checkArchive } from '../restore/check/check-archive';
import { parseItem } from '../restore/document/archived-object';
import { decide } from '../restore/decide/decide';
import { keptByController, leftToController } from '../restore/decide/left-to-controller';
import { Selection } from '../restore/decide/selection';
import { prepare } from '../restore/transform/prepare';
import type { BackupContents, ItemRef } from '../../formats/vault/archive-types';
import { asWritten } from './as-written';

/** An object as it would be kept in git. */
export interface CleanObject extends ItemRef {
  object: KubeObject;
}

export interface ExportOptions {
  namespaces?: readonly string[];
  /** Secrets too, with their values in clear. */
  secrets?: boolean;
  signal?: AbortSignal;
}

/** What did not come out, by reason. */
export type LeftOut = Map<string, number>;

const noResets = {
  preserveNodePorts: false,
  mapped: (namespace: string) => namespace,
  keepVolumeName: false,
};

/**
 * The objects of a backup as people would have written them: without status and what servers, controllers and schedulers
 * set, and only those that people made; what a restore leaves to the cluster stays out. Reads the archive to its end before
 * the first object comes out. Throws `corrupt` naming what is damaged.
 * @param leftOut counts what stays out, by reason
 */
export async function* cleanObjects(
  contents: BackupContents,
  options: ExportOptions,
  leftOut: LeftOut = new Map(),
): AsyncGenerator<CleanObject, void> {
  const { namespaces, secrets = false, signal = new AbortController().signal } = options;
  const selection = new Selection({
    backupName: '',
    includedNamespaces: namespaces?.length ? [...namespaces] : ['*'],
  });
  const facts = new ArchiveFacts(selection);
  await checkArchive(contents, facts, signal, () => {});
  const note = (reason: string) => leftOut.set(reason, (leftOut.get(reason) ?? 0) + 1);
  for await (const item of contents.items([...facts.present.keys()])) {
    const object = parseItem(item);
    const decision = decide(item, object, facts, selection, () => true);
    const { groupResource, namespace, name } = item;
    const kept = byController(item, object, facts);
    if (!decision.restore) note(decision.reason);
    else if (kept !== undefined) note(kept);
    else if (groupResource === 'secrets' && !secrets) note('Secrets are left out unless they are asked for');
    else {
      const clean = asWritten(prepare(groupResource, object, noResets, {}));
      if (clean.metadata.labels && Object.keys(clean.metadata.labels).length === 0)
        delete clean.metadata.labels;
      yield { groupResource, ...(namespace !== undefined && { namespace }), name, object: clean };
    }
  }
}

/** Why a controller brings an object about; also one that a restore brings back as history. Nobody keeps that in git. */
function byController(item: ItemRef, object: KubeObject, facts: ArchiveFacts): string | undefined {
  return (
    leftToController(item, object, facts.controllers, {})?.reason ??
    keptByController(item.groupResource, object)
  );
}

/** Where an object lies in a folder of manifests: `namespaces/shop/deployments.apps/web.yaml`, `cluster/namespaces/shop.yaml`. */
export function pathOf({ groupResource, namespace, name }: ItemRef): string {
  // A colon is in names of RBAC, and in no file name of Windows.
  const file = `${name.replaceAll(':', '_')}.yaml`;
  return namespace === undefined
    ? `cluster/${groupResource}/${file}`
    : `namespaces/${namespace}/${groupResource}/${file}`;
}
