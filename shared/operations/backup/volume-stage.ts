import { parseGoDuration } from '../../formats/manifests/go-duration';
import type { SnapshotOperation } from '../../formats/state/run/operations';
import type { RunId } from '../../formats/state/run-keys';
import { isAllowed } from '../../platform/kubernetes/access-rules';
import { type ApiResource, groupResource } from '../../platform/kubernetes/api-resource';
import type { KubeObject } from '../../platform/kubernetes/kube-object';
import type { JsonEdit } from '../../platform/kubernetes/spans';
import type { Log } from '../../platform/log/log';
import { idleAnnotations } from '../volumes/plan/idle-annotations';
import type { PlannedVolume, VolumeOutcome } from '../volumes/plan/planned-volume';
import { planVolumes } from '../volumes/plan/plan-volumes';
import type { VolumeFacts } from '../volumes/plan/volume-facts';
import { runLabel } from '../volumes/run-label';
import { type BlockHooks, type SavedVolumes, saveVolumes } from '../volumes/save-volumes';
import { archivedContent, archivedSnapshot, claimEdits } from '../volumes/snapshots/archived-snapshot';
import { SnapshotCalls, snapshotVersion } from '../volumes/snapshots/snapshot-calls';
import type { TakenSnapshot } from '../volumes/snapshots/take-snapshot';
import type { BackupJob } from './job';
import { NamespaceFilter } from './select-namespaces';
import { type SurveyJob, surveyVolumes } from './survey-volumes';

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
  hooks?: BlockHooks;
}

/** How long a handle, and a snapshot that is ready, are waited for where the backup does not say: Velero's defaults. */
const defaultTimes = { csiSnapshotTimeout: '10m0s', itemOperationTimeout: '4h0m0s' };

/**
 * Survey ▸ plan ▸ hooks and snapshots, block by block; undefined where nothing could be saved. Throws where the API server does not answer; what cannot be saved is an
 * outcome with its reason.
 */
export async function saveData(job: VolumeStageJob): Promise<SavedData | undefined> {
  const { cluster, discovery, lease, request, spec, log } = job;
  // Where nothing could be saved the cluster is not read twice; policies say what is missed all the same.
  const none = snapshotVersion(discovery) === undefined || spec.snapshotVolumes === false;
  if (none && !spec.resourcePolicies?.volumePolicies?.length) return undefined;
  const facts = await surveyed(job);
  const plan = planVolumes(facts, { ...spec, annotations: request.metadata.annotations });
  const version = snapshotVersion(discovery);
  const run: RunId = { kind: 'backups', name: request.metadata.name };
  const saved = await saveVolumes({
    plan,
    hooks: job.hooks ?? noHooks,
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

const noHooks: BlockHooks = { pods: [], around: (_, work) => work(new Set()) };

/** Of a cluster that takes no snapshots for these credentials nothing is planned that would fail. */
async function surveyed(job: VolumeStageJob): Promise<VolumeFacts> {
  const { cluster, spec, discovery, namespaces, lease } = job;
  const { reach } = new NamespaceFilter(spec, namespaces);
  const right = { verb: 'create', group: 'snapshot.storage.k8s.io', resource: 'volumesnapshots' };
  const mayCreate =
    snapshotVersion(discovery) === undefined
      ? Promise.resolve(true)
      : isAllowed(cluster, right, reach.only ? reach.taken[0] : undefined, lease.signal);
  const [facts, may] = await Promise.all([
    surveyVolumes({ cluster, spec, discovery, namespaces, signal: lease.signal }),
    mayCreate,
  ]);
  if (may) return facts;
  return {
    ...facts,
    snapshotClasses: { unavailable: 'the credentials of the cluster may not create VolumeSnapshots' },
  };
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
