import { finishedKinds } from '../../../formats/manifests/finished-kinds';
import type { RestoreSpec } from '../../../formats/manifests/velero';
import type { BackupContents } from '../../../formats/vault/archive-types';
import { ArchiveCensus } from '../check/archive-census';
import { ArchiveFacts } from '../check/archive-facts';
import { checkArchive } from '../check/check-archive';
import { assertMatched, unmatchedParts } from '../check/unmatched';
import { inBestVersions } from '../decide/best-version';
import { resolveResourceNames } from '../decide/resource-names';
import type { SavedVolumes } from '../decide/saved-volumes';
import { Selection } from '../decide/selection';
import { resourceCandidates, singleObject, singleObjectSpec } from '../open/single-object';
import { type ReplicaWork, replicaContents } from '../replica/replica-work';
import type { Report } from '../report/report';
import type { Target } from '../target/target';
import type { RestoreJob } from './job';

/** A backup that was read to its end, and what the request asks of it. */
export interface CheckedBackup {
  /** As it is carried out: for one object, the filters that it stands for. */
  spec: RestoreSpec;
  /** What the second reading reads. */
  contents: BackupContents;
  facts: ArchiveFacts;
  selection: Selection;
  /** Velero's names of the one object's resource; empty where all that is selected is restored. */
  groupResources: readonly string[];
  /** Set for the restore of a replication rule. */
  replicaWork?: ReplicaWork;
}

/**
 * Reads the whole archive and compares it with the request. Throws what makes the restore impossible: damage, and a filter or
 * mapping that matches nothing, but for a rule, which restores what no fault concerns.
 */
export async function checkBackup(
  job: RestoreJob,
  report: Report,
  target: Target,
  { contents: opened, saved }: { contents: BackupContents; saved: SavedVolumes },
): Promise<CheckedBackup> {
  const { request, lease } = job;
  const { object } = request;
  const spec = object ? singleObjectSpec(request.spec, object) : request.spec;
  const resolve = (names: string[] | undefined) => resolveResourceNames(names, target.resources);
  const select = (onlyMapped?: ReadonlySet<string>) =>
    new Selection(spec, resolve(spec.includedResources), resolve(spec.excludedResources), onlyMapped);
  const whole = inBestVersions(opened, (name) => target.versions(name));
  const groupResources = object ? resourceCandidates(object.resource, target.resources) : [];
  const selected = object ? await singleObject(whole, object, groupResources) : whole;
  const census = new ArchiveCensus(spec, request.transforms);
  const replicated =
    job.replica && replicaContents(selected, job.replica, target, report, (item) => census.holds(item));
  const contents = replicated?.contents ?? selected;
  const finished = finishedKinds(request.transforms?.finished);
  let selection = select();
  let facts = new ArchiveFacts(selection, finished, census, saved.contents);
  report.phase('Checking', 'reading the whole archive and checking it');
  await checkArchive(contents, facts, lease.signal, (read) => report.tick(read));
  for (const warning of contents.warnings ?? []) report.warn(warning);
  const unmatched = unmatchedParts({
    spec,
    request,
    selection,
    facts,
    census,
    saved,
    someLeftOut: report.counts.skipped !== undefined,
    served: target.resources,
  });
  for (const remark of unmatched.remarks) report.warn(remark);
  if (!replicated) assertMatched(unmatched, spec.backupName);
  for (const fault of unmatched.faults) report.error(fault);
  if (replicated && unmatched.mappedNamespaces) {
    selection = select(unmatched.mappedNamespaces);
    facts = new ArchiveFacts(selection, finished, undefined, saved.contents);
    await checkArchive(replicated.again, facts, lease.signal, (read) => report.tick(read));
  }
  return {
    spec,
    contents,
    facts,
    selection,
    groupResources,
    ...(replicated && { replicaWork: replicated.work }),
  };
}
