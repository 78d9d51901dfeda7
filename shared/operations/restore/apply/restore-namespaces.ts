import { objectPath } from '../../../platform/kubernetes/api-path';
import { namespaceResource } from '../../../platform/kubernetes/namespace-resource';
import type { ArchivedItem } from '../../../formats/vault/archive-types';
import { parseItem } from '../document/archived-object';
import { decide } from '../decide/decide';
import { forEachParallel } from './pace/parallel';
import { restoreItem, type ItemWork } from './restore-item';
import { waitForTermination, type TerminationWork } from './termination';
import type { LevelItemsWork } from './level-items';

/** What namespaces are made with. */
export type NamespacesWork = ItemWork & TerminationWork & LevelItemsWork;

/**
 * Makes the namespaces that something is restored into, from their own objects in the archive or bare, and waits for
 * those that are being deleted. One that stays Terminating is blocked: nothing is tried in it.
 */
export async function restoreNamespaces(work: NamespacesWork, workers: number): Promise<void> {
  const missing = new Set(work.facts.neededNamespaces);
  const archived = work.facts.present.has('namespaces') ? work.contents.items(['namespaces']) : [];
  await forEachParallel(archived, workers, async (item) => {
    missing.delete(item.name);
    const decision = decide(item, parseItem(item), work.facts, work.selection, () => true);
    if (decision.restore) await freeName(work, item.name);
    await restoreUnlessBlocked(work, item, false);
  });
  await forEachParallel(missing, workers, async (name) => {
    await freeName(work, name);
    work.namespaces.bare.add(work.selection.mapped(name));
    await restoreUnlessBlocked(work, bareNamespace(name), true);
  });
}

async function freeName(work: NamespacesWork, source: string): Promise<void> {
  const name = work.selection.mapped(source);
  const { object } = await work.calls.read(objectPath(namespaceResource, undefined, name));
  if (object?.metadata.deletionTimestamp === undefined) return;
  const held = await waitForTermination(work, name);
  if (held) work.namespaces.blocked.set(name, held);
}

async function restoreUnlessBlocked(work: NamespacesWork, item: ArchivedItem, made: boolean): Promise<void> {
  const name = work.selection.mapped(item.name);
  const blocked = work.namespaces.blocked.get(name);
  if (!blocked) {
    await restoreItem(work, item, { made });
    return;
  }
  const subject = { groupResource: 'namespaces', apiVersion: 'v1', kind: 'Namespace', name };
  work.report.outcome(subject, 'failed', blocked);
}

function bareNamespace(name: string): ArchivedItem {
  const body = Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }));
  return { groupResource: 'namespaces', name, body };
}
