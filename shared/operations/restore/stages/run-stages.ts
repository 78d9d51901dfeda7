import { originLine } from '../../../formats/manifests/origin-verdict';
import type { ItemRef } from '../../../formats/vault/archive-types';
import { staleName } from '../../../platform/kubernetes/api-resource';
import { apply } from '../apply/apply';
import { applying, type Prepared } from '../apply/applying';
import { BeyondRights } from '../apply/create/beyond-rights';
import { DoneObjects } from '../apply/create/done-objects';
import type { Patience } from '../apply/pace/patience';
import { settleSnapshots } from '../apply/snapshots/settle-snapshots';
import { absentNeeds } from '../check/absent-needs';
import { ConflictPolicies } from '../decide/existing/conflict-policies';
import { CreatedAtMost } from '../decide/existing/created-at-most';
import { resolveResourceNames } from '../decide/resource-names';
import { SavedVolumes } from '../decide/saved-volumes';
import { type OpenBackup, openBackup } from '../open/open-backup';
import { leftOutNeeds } from '../report/left-out-needs';
import type { RestoreObserver } from '../report/observer';
import type { Report } from '../report/report';
import { UnmappedNamespaces } from '../report/unmapped-namespaces';
import { ClaimSnapshots } from '../snapshots/claim-snapshots';
import { Target } from '../target/target';
import { TargetCalls } from '../target/target-calls';
import { restoreLabels } from '../transform/restore-labels';
import { StatusChoice } from '../transform/status-choice';
import { Transformer } from '../transform/transformer';
import { type CheckedBackup, checkBackup } from './check-backup';
import type { RestoreJob } from './job';

/** How a restore, or its rehearsal, is carried out. */
export interface CarryingOut {
  report: Report;
  patience: Patience;
  observer: RestoreObserver;
  /** A rehearsal keeps no record of what it has done. */
  isRehearsal: boolean;
}

/**
 * Open ▸ check ▸ decide ▸ transform ▸ apply, the same for a restore and for its rehearsal. What became of each object is in the
 * report. Throws what makes all of it impossible.
 */
export async function runStages(job: RestoreJob, way: CarryingOut): Promise<void> {
  const { spec } = job.request;
  const { report, observer } = way;
  report.phase('Opening', `opening backup ${spec.backupName}`);
  tellOrigin(job, report);
  const target = new Target(job.cluster);
  const opened = await openBackup(job.vault, spec.backupName, {
    temporaryDirectory: job.temporaryDirectory,
    origin: job.origin,
    skipped: ({ message, ref }) =>
      report.error(`cannot be restored from backup ${spec.backupName}: ${message}`, scopeOf(ref)),
  });
  try {
    await target.refresh();
    for (const stale of target.stale) {
      report.warn(`API group ${staleName(stale)} of the cluster cannot be used: ${stale.reason}`);
    }
    const saved = new SavedVolumes(opened.volumeInfo);
    const checked = await checkBackup(job, report, target, { ...opened, saved });
    report.expect(checked.facts.total);
    const calls = new TargetCalls(job.cluster, job.lease.signal, (place) => target.kindOf(place));
    const prepared: Prepared = {
      ...checked,
      ...way,
      ...decidedBy(job, checked, opened, target),
      ...changedBy(job, checked, target),
      calls,
      target,
      clock: job.clock,
      lease: job.lease,
      beyond: new BeyondRights(),
      done: doneObjects(job, way),
      snapshots: claimSnapshots(job, saved),
      allowEmptyVolumes: job.request.allowEmptyVolumes ?? false,
    };
    await tellOfLeftOut(job, prepared);
    await prepared.done.begin(await calls.serverTime());
    try {
      const work = applying(prepared);
      await apply(work);
      if (!way.isRehearsal) await settleSnapshots(work);
    } finally {
      if (!job.lease.signal.aborted) await prepared.done.flush();
    }
    prepared.beyond.settle(report);
    tellOfUnmapped(prepared.unmapped, report, observer);
  } finally {
    await opened.contents.close();
  }
}

/** What decides about objects that exist. */
function decidedBy(
  { request }: RestoreJob,
  { spec, selection, groupResources }: CheckedBackup,
  { spec: backup }: OpenBackup,
  target: Target,
): Pick<Prepared, 'policies' | 'createdAtMost'> {
  const { object } = request;
  const policies = new ConflictPolicies(
    request.conflicts,
    spec.existingResourcePolicy,
    (names) => resolveResourceNames(names, target.resources) ?? [],
  );
  const createdAtMost = new CreatedAtMost({
    backup,
    restore: spec,
    ...(object && { object: { groupResources, name: object.name } }),
    names: (groupResource) => selection.names(groupResource) || policies.names(groupResource),
  });
  return { policies, createdAtMost };
}

/** What objects are changed by on their way. */
function changedBy(
  { request }: RestoreJob,
  { spec, selection }: CheckedBackup,
  target: Target,
): Pick<Prepared, 'transformer' | 'labels' | 'statuses' | 'preserveNodePorts' | 'unmapped'> {
  return {
    transformer: new Transformer(request.transforms ?? {}, spec.namespaceMapping ?? {}),
    labels: labelsOf(request),
    statuses: new StatusChoice(spec.restoreStatus, (names) => resolveResourceNames(names, target.resources)),
    preserveNodePorts: spec.preserveNodePorts ?? false,
    unmapped: new UnmappedNamespaces(selection.renamed.sources),
  };
}

function doneObjects({ request, run, clock, lease }: RestoreJob, { isRehearsal }: CarryingOut): DoneObjects {
  const store = isRehearsal
    ? undefined
    : { run, restore: request.metadata.name, clock, attempt: lease.attempt };
  return new DoneObjects(labelsOf(request), store);
}

function claimSnapshots(
  { request, recordedSnapshots, runLabel }: RestoreJob,
  saved: SavedVolumes,
): ClaimSnapshots {
  const readSources = async () => ({
    recorded: (await recordedSnapshots?.()) ?? [],
    ...(request.snapshotHandles && { named: request.snapshotHandles }),
  });
  return new ClaimSnapshots(saved, runLabel, labelsOf(request), readSources, withoutData(request));
}

/** Why a restore brings no data of volumes. A rule has to ask for it: its target may lie where no snapshot of the source is seen. */
function withoutData({ spec, replication }: RestoreJob['request']): string | undefined {
  if (spec.restorePVs === false) return 'the restore brings no data of volumes (restorePVs is false)';
  if (replication === undefined || spec.restorePVs) return undefined;
  return 'the replication rule brings no data of volumes (volumes: snapshots is not set)';
}

function labelsOf({ spec, metadata }: RestoreJob['request']): Record<string, string> {
  return restoreLabels(spec.backupName, metadata.name);
}

/** Says which cluster-scoped objects are left out that the restored ones need and the cluster lacks. */
async function tellOfLeftOut({ request }: RestoreJob, prepared: Prepared): Promise<void> {
  const { selection, observer, report } = prepared;
  const storageClasses = request.transforms?.storageClasses ?? {};
  for (const needs of await absentNeeds({ ...prepared, storageClasses })) {
    const { message, hint } = leftOutNeeds(needs, needs.reason === selection.clusterScopedLeftOut);
    observer.leavesOut(needs, message, hint);
    report.warn(`${message}: ${hint}`, '');
  }
}

/** The scope in which Velero reports an object; the run's own where nothing names it. */
function scopeOf(ref: ItemRef | undefined): string | undefined {
  return ref && (ref.namespace ?? '');
}

/** Says whose backup it is. One that an admin takes without proof is a warning, in a plan too. */
function tellOrigin({ origin, request }: RestoreJob, report: Report): void {
  const line = `origin of backup ${request.spec.backupName}: ${originLine(origin)}`;
  if (request.unproved === undefined) report.log.info(line);
  else report.warn(`${line}; it is restored because an admin named it as unproved`);
}

/** Says where a mapped namespace is named still, in a restore and in its plan. */
function tellOfUnmapped(unmapped: UnmappedNamespaces, report: Report, observer: RestoreObserver): void {
  for (const one of unmapped.found()) {
    observer.isNotMapped(one);
    const { groupResource, namespace, count, objects } = one;
    report.warn(
      `namespace ${namespace} is named in ${count} of ${groupResource} where no mapping applies: ${objects.join('; ')}`,
      '',
    );
  }
}
