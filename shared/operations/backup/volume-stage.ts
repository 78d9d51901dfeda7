import { parseGoDuration } from '../../formats/manifests/go-duration';
import type { SnapshotOperation } from '../../formats/state/run/operations';
import type { RunId } from '../../formats/state/run-keys';
import { isAllowed } from '../../platform/kubernetes/access-rules';
import { type ApiResource, groupResource } from '../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { JsonEdit } from '../../platform/kubernetes/spans';
import type { Log } from '../../platform/log/log';
import { idleAnnotations } from '../volumes/plan/idle-annotations';
import { BackupHooks, reportUnmatched } from '../hooks/backup-hooks';
import type { PodHooks } from '../hooks/pod-hooks';
import { HookResolver } from '../hooks/resolve-hooks';
import type { PlannedVolume, VolumeOutcome } from '../volumes/plan/planned-volume';
import { planVolumes } from '../volumes/plan/plan-volumes';
import type { VolumeFacts } from '../volumes/plan/volume-facts';
import { runLabel } from '../volumes/run-label';
import { type SavedVolumes, saveVolumes } from '../volumes/save-volumes';
import { archivedContent, archivedSnapshot, claimEdits } from '../volumes/snapshots/archived-snapshot';
import { SnapshotCalls, snapshotVersion } from '../volumes/snapshots/snapshot-calls';
import type { TakenSnapshot } from '../volumes/snapshots/take-snapshot';
import type { BackupJob } from './job';
import { NamespaceFilter } from './select-namespaces';
import { type SurveyJob, surveyPods, surveyVolumes } from './survey-volumes';

/** What was done for the data of a backup before its objects are captured. */
export interface SavedData {
  outcomes: VolumeOutcome[];
  operations: SnapshotOperation[];
  /** What the bytes of a claim in the archive say of its snapshot. */
  claimEdits(claim: KubeObject): JsonEdit[];
  /** The snapshots as they are archived. */
  objects: { resource: ApiResource; objects: KubeObject[] }[];
}

interface VolumeStageJob
  extends Pick<BackupJob, 'cluster' | 'request' | 'installation' | 'run' | 'lease' | 'clock' | 'progress'>,
    Pick<SurveyJob, 'spec' | 'discovery' | 'namespaces'> {
  log: Log;
}

/** How long a handle, and a snapshot that is ready, are waited for where the backup does not say: Velero's defaults. */
const defaultTimes = { csiSnapshotTimeout: '10m0s', itemOperationTimeout: '4h0m0s' };

/**
 * Survey ▸ plan ▸ hooks and snapshots, block by block. `data` is undefined where the cluster or the spec takes no snapshots: hooks
 * run all the same. Throws where the API server does not answer; what cannot be saved is an outcome with its reason.
 */
export async function saveData(
  job: VolumeStageJob,
): Promise<{ data?: SavedData; hooks: BackupHooks['counts'] }> {
  const { discovery, spec, log } = job;
  const version = spec.snapshotVolumes === false ? undefined : snapshotVersion(discovery);
  const resolver = new HookResolver(spec.hooks);
  const found: PodHooks[] = [];
  const pod = (one: KubeObject) => {
    const hooks = resolver.of(one);
    if (hooks) found.push(hooks);
  };
  // Where nothing could be saved the pods alone are read, for their hooks; policies say what is missed all the same.
  const isSurveyed = version !== undefined || Boolean(spec.resourcePolicies?.volumePolicies?.length);
  const facts = isSurveyed ? await surveyed({ ...job, pod }) : undefined;
  if (!facts) await surveyPods({ ...surveyOf(job), pod });
  reportUnmatched(resolver.unmatched, log);
  const hooks = backupHooks(job, found);
  const data = await savedData(job, hooks, version, facts);
  if (hooks.pods.length > 0) await hooks.settle();
  return { ...(isSurveyed && { data }), hooks: hooks.counts };
}

function backupHooks(job: VolumeStageJob, pods: readonly PodHooks[]): BackupHooks {
  const { cluster, run, lease, clock, log, spec } = job;
  const progress = (done: number, total: number) => job.progress({ phase: 'RunningHooks', done, total });
  const { attempt, signal } = lease;
  return new BackupHooks(
    { cluster, run, attempt, clock, signal, log, output: spec.hookOutput, progress },
    pods,
  );
}

async function savedData(
  job: VolumeStageJob,
  hooks: BackupHooks,
  version: string | undefined,
  facts: VolumeFacts = noFacts,
): Promise<SavedData> {
  const { cluster, lease, request, spec, log } = job;
  const plan = planVolumes(facts, { ...spec, annotations: request.metadata.annotations });
  const run: RunId = { kind: 'backups', name: request.metadata.name };
  const saved = await saveVolumes({
    plan,
    hooks,
    taking: version !== undefined && {
      calls: new SnapshotCalls(cluster, lease.signal, version),
      clock: job.clock,
      signal: lease.signal,
      backup: run.name,
      label: runLabel(job.installation, run),
      attempt: lease.attempt,
      handleTimeout: parseGoDuration(spec.csiSnapshotTimeout ?? defaultTimes.csiSnapshotTimeout),
      readyTimeout: parseGoDuration(spec.itemOperationTimeout ?? defaultTimes.itemOperationTimeout),
    },
    run: job.run,
    progress: (done, total) => job.progress({ phase: 'SavingVolumes', done, total }),
  });
  for (const { message, namespace, pod, asked } of idleAnnotations(facts.pods)) {
    log[asked ? 'error' : 'warn'](message, { resource: 'pods', namespace, name: pod });
  }
  return {
    outcomes: outcomesOf(plan, saved),
    operations: saved.taken.map(({ operation }) => operation),
    ...(await archivable(job, saved.taken)),
  };
}

const noFacts: VolumeFacts = {
  pods: [],
  claims: [],
  volumes: [],
  snapshotClasses: { unavailable: 'no snapshots are taken' },
};

/** Of a cluster that takes no snapshots for these credentials nothing is planned that would fail. */
async function surveyed(job: VolumeStageJob & Pick<SurveyJob, 'pod'>): Promise<VolumeFacts> {
  const { cluster, spec, discovery, namespaces, lease } = job;
  const { reach } = new NamespaceFilter(spec, namespaces);
  const right = { verb: 'create', group: 'snapshot.storage.k8s.io', resource: 'volumesnapshots' };
  const mayCreate =
    snapshotVersion(discovery) === undefined
      ? Promise.resolve(true)
      : isAllowed(cluster, right, reach.only ? reach.taken[0] : undefined, lease.signal);
  const [facts, may] = await Promise.all([surveyVolumes({ ...surveyOf(job), pod: job.pod }), mayCreate]);
  if (may) return facts;
  return {
    ...facts,
    snapshotClasses: { unavailable: 'the credentials of the cluster may not create VolumeSnapshots' },
  };
}

function surveyOf({ cluster, spec, discovery, namespaces, lease }: VolumeStageJob): SurveyJob {
  return { cluster, spec, discovery, namespaces, signal: lease.signal };
}

function outcomesOf(plan: readonly PlannedVolume[], { taken, failed }: SavedVolumes): VolumeOutcome[] {
  const byClaim = new Map(taken.map((one) => [`${one.operation.namespace}/${one.operation.claim}`, one]));
  return plan.map((volume): VolumeOutcome => {
    const notSaved = failed.get(volume);
    const snapshot = volume.method === 'snapshot' && byClaim.get(`${volume.namespace}/${volume.claim}`);
    if (!snapshot) return { volume, ...(notSaved !== undefined && { notSaved }) };
    const { handle, driver, content, snapshot: snapshotName, size, startedAt } = snapshot.operation;
    return {
      volume,
      saved: {
        method: 'snapshot',
        handle,
        driver,
        contentName: content,
        snapshotName,
        ...(size !== undefined && { size }),
        readyToUse: false,
        startedAt: new Date(startedAt),
        endedAt: snapshot.cutAt,
      },
    };
  });
}

/** Velero archives the VolumeSnapshots, their contents and their classes. */
async function archivable(
  { cluster, discovery, lease, request }: VolumeStageJob,
  taken: readonly TakenSnapshot[],
): Promise<Pick<SavedData, 'claimEdits' | 'objects'>> {
  const { name } = request.metadata;
  const of = new Map(taken.map((one) => [`${one.operation.namespace}/${one.operation.claim}`, one] as const));
  const edits = (claim: KubeObject): JsonEdit[] => {
    const one = of.get(`${claim.metadata.namespace}/${claim.metadata.name}`);
    return one ? claimEdits(one, claim, name) : [];
  };
  if (taken.length === 0) return { claimEdits: edits, objects: [] };
  const version = snapshotVersion(discovery) ?? '';
  const calls = new SnapshotCalls(cluster, lease.signal, version);
  const names = new Set(taken.map(({ snapshot }) => snapshot.spec?.volumeSnapshotClassName ?? ''));
  const classes = await Promise.all([...names].filter(Boolean).map((each) => calls.snapshotClass(each)));
  const all: [string, KubeObject[]][] = [
    ['volumesnapshotclasses', classes.filter((one) => one !== undefined)],
    ['volumesnapshotcontents', taken.map((one) => archivedContent(one, name))],
    ['volumesnapshots', taken.map((one) => archivedSnapshot(one, name))],
  ];
  return {
    claimEdits: edits,
    objects: all.flatMap(([resource, objects]) => {
      const served = discovery.resources.find(
        (one) => one.preferred && groupResource(one) === `${resource}.snapshot.storage.k8s.io`,
      );
      return served ? [{ resource: served, objects }] : [];
    }),
  };
}
