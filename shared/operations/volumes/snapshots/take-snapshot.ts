import { createHash } from 'node:crypto';
import { instant } from '../../../formats/manifests/instant';
import type { SnapshotOperation } from '../../../formats/state/run/operations';
import type { Clock } from '../../../platform/clock';
import { LifeboatError, messageOf } from '../../../platform/errors';
import { quantityOf } from '../../../platform/kubernetes/quantity';
import type { PlannedVolume } from '../plan/planned-volume';
import { runLabelKey } from '../run-label';
import type { SnapshotCalls, SnapshotContent, VolumeSnapshot } from './snapshot-calls';

/** What a snapshot is taken with. */
export interface TakingSnapshots {
  calls: SnapshotCalls;
  clock: Clock;
  signal: AbortSignal;
  /** Of the backup. */
  backup: string;
  /** Value of the run's label. */
  label: string;
  /** Of the run: a later attempt takes snapshots of its own. */
  attempt: number;
  /** How long a handle is waited for, in milliseconds (`csiSnapshotTimeout`). */
  handleTimeout: number;
  /** How long it may take until the snapshot is ready, in milliseconds (`itemOperationTimeout`). */
  readyTimeout: number;
}

/** A snapshot that is cut: from here on what the application writes is not in it. */
export interface TakenSnapshot {
  operation: SnapshotOperation;
  cutAt: Date;
  snapshot: VolumeSnapshot;
  content: SnapshotContent;
}

/** A driver that says the same error for so long is believed: the pods of its block may be frozen meanwhile. Milliseconds. */
const believesErrorAfter = 60_000;

/**
 * Asks for the snapshot of a claim and waits for its handle. Nothing is left in the cluster where it fails.
 * Throws LifeboatError: `denied` where the credentials may not, `unavailable` where the driver does not answer in time.
 */
export async function takeSnapshot(
  job: TakingSnapshots,
  volume: PlannedVolume & { claim: string },
): Promise<TakenSnapshot> {
  const { calls, clock } = job;
  const { namespace, claim } = volume;
  const startedAt = clock.now();
  const name = snapshotName(job, namespace, claim);
  const body = snapshotBody(job, volume, name);
  // One that exists is this attempt's own: the answer to an earlier try of the create was lost.
  if (!(await calls.createSnapshot(namespace, body))) await calls.snapshot(namespace, name);
  try {
    const { snapshot, content, handle } = await handleOf(job, namespace, name);
    const size = snapshot.status?.restoreSize;
    const bytes = size === undefined ? Number.NaN : quantityOf(size);
    return {
      snapshot,
      content,
      cutAt: clock.now(),
      operation: {
        id: `${namespace}/${name}`,
        kind: 'csi-snapshot',
        namespace,
        claim,
        snapshot: name,
        content: content.metadata.name,
        driver: content.spec?.driver ?? volume.driver ?? '',
        handle,
        ...(Number.isSafeInteger(bytes) && { size: bytes }),
        state: 'taken',
        startedAt: instant(startedAt),
        deadline: instant(new Date(startedAt.getTime() + job.readyTimeout)),
        attempts: 0,
      },
    };
  } catch (error) {
    await calls.deleteSnapshot(namespace, name).catch(() => {});
    throw error;
  }
}

/** Of a claim's name, so that the snapshot's name is at most 63 characters: it is the value of a label of the archived claim. */
const shownOfClaim = 45;

/** As Velero names them, with a digest for its random end: this attempt asks for each once, however often it sends. */
function snapshotName(
  { label, attempt }: Pick<TakingSnapshots, 'label' | 'attempt'>,
  namespace: string,
  claim: string,
): string {
  const digest = createHash('sha256').update([label, attempt, namespace, claim].join('\0')).digest('hex');
  // A part of a name ends with a letter or a digit.
  const shown = claim.slice(0, shownOfClaim).replace(/[.-]+$/, '');
  return `velero-${shown}-${digest.slice(0, 10)}`;
}

function snapshotBody(
  { backup, label }: TakingSnapshots,
  { claim, snapshotClass }: PlannedVolume,
  name: string,
): object {
  return {
    metadata: { name, labels: { 'velero.io/backup-name': backup, [runLabelKey]: label } },
    spec: { source: { persistentVolumeClaimName: claim }, volumeSnapshotClassName: snapshotClass },
  };
}

async function handleOf(
  { calls, clock, signal, handleTimeout }: TakingSnapshots,
  namespace: string,
  name: string,
): Promise<{ snapshot: VolumeSnapshot; content: SnapshotContent; handle: string }> {
  const began = clock.monotonic();
  let said = { message: '', since: began };
  for (let wait = 250; ; wait = Math.min(wait * 1.5, 2_000)) {
    const snapshot = await calls.snapshot(namespace, name);
    if (!snapshot) throw failed('somebody deleted its VolumeSnapshot');
    const bound = snapshot.status?.boundVolumeSnapshotContentName;
    const content = bound === undefined ? undefined : await calls.content(bound);
    const handle = content?.status?.snapshotHandle;
    if (content && handle) return { snapshot, content, handle };
    const message = (content?.status?.error ?? snapshot.status?.error)?.message ?? '';
    const now = clock.monotonic();
    if (message !== said.message) said = { message, since: now };
    if (message !== '' && now - said.since >= believesErrorAfter) throw failed(message);
    if (now - began >= handleTimeout) throw failed(message || 'the driver has said nothing of it');
    await clock.sleep(wait, signal);
  }
}

function failed(reason: string): LifeboatError {
  return new LifeboatError(
    'unavailable',
    `its snapshot could not be taken: ${messageOf(reason).slice(0, 500)}`,
  );
}
