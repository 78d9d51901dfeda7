import { createHash } from 'node:crypto';
import type { ApiResource } from '../../../platform/kubernetes/api-resource';
import type { HandleSources, SavedSnapshot } from '../../volumes/handles/saved-snapshot';
import { runLabelKey } from '../../volumes/run-label';
import type { SavedVolumes } from '../decide/saved-volumes';
import { helperPrefix } from '../transform/claim-source';
import type { Target } from '../target/target';

/** A claim of the target that gets its data from a snapshot, and where the objects lie that bring it. */
export interface BroughtClaim {
  /** Of the target. */
  namespace: string;
  claim: string;
  snapshot: SavedSnapshot;
  /** Of the claim, once it is bound. */
  volume?: string;
  /** It was not bound when the restore ended. */
  pending?: true;
}

/** What the claims of one restore get their data from, and which of them do. */
export class ClaimSnapshots {
  /** By `namespace/claim` of the target. */
  readonly brought = new Map<string, BroughtClaim>();
  /** By the driver's name: whether the cluster has it. */
  readonly drivers = new Map<string, boolean>();
  /** By the name of a StorageClass: its provisioner, undefined where it cannot be read. */
  readonly provisioners = new Map<string, string | undefined>();
  /** By the name of a StorageClass. */
  readonly bindingModes = new Map<string, string>();
  #sources: Promise<HandleSources> | undefined;

  /**
   * @param run the value of runLabelKey on the objects, by which they are called too
   * @param restoreLabels put on them like on everything that the restore makes
   * @param readSources reads which handles may be restored; called once, where there is a snapshot at all
   * @param without why the restore brings no data; undefined where it does
   */
  constructor(
    readonly saved: SavedVolumes,
    readonly run: string,
    private readonly restoreLabels: Readonly<Record<string, string>>,
    private readonly readSources: () => Promise<HandleSources>,
    readonly without?: string,
  ) {}

  get labels(): Record<string, string> {
    return { ...this.restoreLabels, [runLabelKey]: this.run };
  }

  sources(): Promise<HandleSources> {
    this.#sources ??= this.readSources();
    return this.#sources;
  }

  /** The name of the VolumeSnapshot of a claim, and of its content: the same in every attempt. */
  nameFor(namespace: string, claim: string): string {
    const digest = createHash('sha256').update([this.run, namespace, claim].join('\0')).digest('hex');
    return `${helperPrefix}${digest.slice(0, 32)}`;
  }

  add(brought: BroughtClaim): void {
    this.brought.set(`${brought.namespace}/${brought.claim}`, brought);
  }
}

/** The kinds of snapshots in one version that a target serves. */
export interface SnapshotKinds {
  contents: ApiResource;
  snapshots: ApiResource;
}

/** Undefined where the target serves no version that is known. v1beta1 has the same fields. */
export function snapshotKinds(target: Pick<Target, 'versions'>): SnapshotKinds | undefined {
  for (const version of ['v1', 'v1beta1']) {
    const [contents, snapshots] = ['volumesnapshotcontents', 'volumesnapshots'].map((resource) =>
      target.versions(`${resource}.snapshot.storage.k8s.io`).find((one) => one.version === version),
    );
    if (contents && snapshots) return { contents, snapshots };
  }
  return undefined;
}
