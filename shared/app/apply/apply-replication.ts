import type { Replication } from '../../formats/manifests/replication';
import { unchangedSince } from '../edited-manifest';
import type { Installation } from '../installation';
import { addReplication } from '../replications/add-replication';
import { replaceReplication } from '../replications/change-replication';
import type { Applied, ApplyTerms, ManifestText } from './manifest-text';
import { assertNotDeleted, assertNotOld } from './text-revision';

/**
 * Makes a replication rule, or changes the one of that name until it is as the text says.
 * @throws LifeboatError as `addReplication` and `replaceReplication` do, and `conflict` for a text that is old
 */
export async function applyReplication(
  installation: Installation,
  text: ManifestText,
  { dryRun, allow }: ApplyTerms<Replication> = {},
): Promise<Applied<Replication>> {
  const { kind, metadata, spec } = text;
  const wanted = { kind, metadata, spec };
  const was = await installation.state.replications.find(metadata.name);
  allow?.(was);
  if (!was) {
    assertNotDeleted(text);
    return { outcome: 'created', manifest: await addReplication(installation, wanted, { dryRun }) };
  }
  const replaced = await replaceReplication(installation, was, wanted, {
    dryRun,
    allow: (now) => {
      assertNotOld(text, now);
      allow?.(now);
      unchangedSince(was)(now);
    },
  });
  return replaced ? { outcome: 'configured', manifest: replaced } : { outcome: 'unchanged', manifest: was };
}
