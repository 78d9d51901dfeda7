import { staleName } from '../../../platform/kubernetes/api-resource';
import { absentNeeds } from '../check/absent-needs';
import { apply } from '../apply/apply';
import { ControlledObjects } from '../apply/controlled-objects';
import { DoneObjects } from '../apply/create/done-objects';
import { OwnedObjects } from '../apply/owners/owned-objects';
import { OwnerMap } from '../apply/owners/owner-map';
import { OwnerSecondPass } from '../apply/owners/owner-second-pass';
import type { Patience } from '../apply/pace/patience';
import { PresentNames } from '../target/present-names';
import { RefusedItems } from '../apply/refused/refused-items';
import { ResourceWait } from '../apply/pace/resource-wait';
import type { RestoreWork } from '../apply/restore-work';
import { Target } from '../target/target';
import { TargetCalls } from '../target/target-calls';
import { ArchiveCensus } from '../check/archive-census';
import { ArchiveFacts } from '../check/archive-facts';
import { checkArchive } from '../check/check-archive';
import { assertMatched, unmatchedParts } from '../check/unmatched';
import type { RestoreJob } from './job';
import { type OpenBackup, openBackup } from '../open/open-backup';
import { inBestVersions } from '../decide/best-version';
import { ConflictPolicies } from '../decide/existing/conflict-policies';
import { CreatedAtMost } from '../decide/existing/created-at-most';
import { resolveResourceNames } from '../decide/resource-names';
import { Selection } from '../decide/selection';
import { replicaContents } from '../replica/replica-work';
import type { Report } from '../report/report';
import { leftOutNeeds } from '../report/left-out-needs';
import { UnmappedNamespaces } from '../report/unmapped-namespaces';
import type { ItemRef } from '../../../formats/vault/archive-types';
import { originLine } from '../../../formats/manifests/origin-verdict';
import { finishedKinds } from '../../../formats/manifests/finished-kinds';
import { resourceCandidates, singleObject, singleObjectSpec } from '../open/single-object';
import { restoreLabels } from '../transform/restore-labels';
import { StatusChoice } from '../transform/status-choice';
import { Transformer } from '../transform/transformer';

/** What watches and bounds the carrying out. */
export type Watching = Pick<RestoreWork, 'details' | 'forecast' | 'guard'>;

/**
 * Open ▸ check ▸ plan ▸ transform ▸ apply, the same for a restore and for its rehearsal, which differ by the cluster of the job
 * alone. What became of each object is in the report. Throws what makes all of it impossible.
 */
export async function carryOut(
  job: RestoreJob,
  report: Report,
  patience: Patience,
  watching: Watching,
): Promise<RestoreWork> {
  const { spec } = job.request;
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
    const isReal = watching.forecast === undefined;
    const work = { ...(await check(job, report, patience, target, opened, isReal)), ...watching };
    report.expect(work.facts.total);
    await tellOfLeftOut(work);
    await work.done.begin(await work.calls.serverTime());
    try {
      await apply(work);
    } finally {
      if (!job.lease.signal.aborted) await work.done.flush();
    }
    tellOfUnmapped(work);
    return work;
  } finally {
    await opened.contents.close();
  }
}

/** Says which cluster-scoped objects are left out that the restored ones need and the cluster lacks. */
async function tellOfLeftOut(work: RestoreWork): Promise<void> {
  for (const needs of await absentNeeds(work)) {
    const { message, hint } = leftOutNeeds(needs, needs.reason === work.selection.clusterScopedLeftOut);
    work.forecast?.leavesOut(needs, message, hint);
    work.report.warn(`${message}: ${hint}`, '');
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
function tellOfUnmapped({ unmapped, report, forecast }: RestoreWork): void {
  for (const one of unmapped.found()) {
    forecast?.isNotMapped(one);
    const { groupResource, namespace, count, objects } = one;
    report.warn(
      `namespace ${namespace} is named in ${count} of ${groupResource} where no mapping applies: ${objects.join('; ')}`,
      '',
    );
  }
}

async function check(
  job: RestoreJob,
  report: Report,
  patience: Patience,
  target: Target,
  opened: OpenBackup,
  isReal: boolean,
): Promise<RestoreWork> {
  const { request, lease } = job;
  const { object } = request;
  const spec = object ? singleObjectSpec(request.spec, object) : request.spec;
  const resolve = (names: string[] | undefined) => resolveResourceNames(names, target.resources);
  const select = (onlyMapped?: ReadonlySet<string>) =>
    new Selection(spec, resolve(spec.includedResources), resolve(spec.excludedResources), onlyMapped);
  const whole = inBestVersions(opened.contents, (name) => target.versions(name));
  const groupResources = object ? resourceCandidates(object.resource, target.resources) : [];
  const selected = object ? await singleObject(whole, object, groupResources) : whole;
  const census = new ArchiveCensus(spec, request.transforms);
  const replicated =
    job.replica && replicaContents(selected, job.replica, target, report, (item) => census.holds(item));
  const contents = replicated?.contents ?? selected;
  const finished = finishedKinds(request.transforms?.finished);
  let selection = select();
  let facts = new ArchiveFacts(selection, finished, census);
  report.phase('Checking', 'reading the whole archive and checking it');
  await checkArchive(contents, facts, lease.signal, (read) => report.tick(read));
  for (const warning of contents.warnings ?? []) report.warn(warning);
  const unmatched = unmatchedParts({
    spec,
    request,
    selection,
    facts,
    census,
    someLeftOut: report.counts.skipped !== undefined,
    served: target.resources,
  });
  for (const remark of unmatched.remarks) report.warn(remark);
  if (!replicated) assertMatched(unmatched, spec.backupName);
  for (const fault of unmatched.faults) report.error(fault);
  if (replicated && unmatched.mappedNamespaces) {
    selection = select(unmatched.mappedNamespaces);
    facts = new ArchiveFacts(selection, finished);
    await checkArchive(replicated.again, facts, lease.signal, (read) => report.tick(read));
  }
  const policies = new ConflictPolicies(
    request.conflicts,
    spec.existingResourcePolicy,
    (names) => resolveResourceNames(names, target.resources) ?? [],
  );
  const labels = restoreLabels(spec.backupName, request.metadata.name);
  const calls = new TargetCalls(job.cluster, lease.signal, (place) => target.kindOf(place));
  return {
    job,
    spec,
    contents,
    facts,
    selection,
    volumeInfo: opened.volumeInfo,
    calls,
    target,
    report,
    ...(replicated && { replicaWork: replicated.work }),
    accountsOfRule: new Map(),
    policies,
    createdAtMost: new CreatedAtMost({
      backup: opened.spec,
      restore: spec,
      ...(object && { object: { groupResources, name: object.name } }),
      names: (groupResource) => selection.names(groupResource) || policies.names(groupResource),
    }),
    transformer: new Transformer(request.transforms ?? {}, spec.namespaceMapping ?? {}),
    labels,
    done: new DoneObjects(
      labels,
      isReal ? { run: job.run, restore: request.metadata.name, clock: job.clock } : undefined,
    ),
    statuses: new StatusChoice(spec.restoreStatus, resolve),
    unmapped: new UnmappedNamespaces(selection.renamed.sources),
    owners: new OwnerMap(facts.owners),
    owned: new OwnedObjects(),
    controlled: new ControlledObjects(),
    secondPass: new OwnerSecondPass(),
    refused: new RefusedItems(),
    present: new PresentNames(calls, target),
    bareNamespaces: new Set(),
    madeNamespaces: new Set(),
    blockedNamespaces: new Map(),
    definitions: new Set(),
    told: new Set(),
    patience,
    resourceWait: new ResourceWait(job.clock, patience.resources),
  };
}
