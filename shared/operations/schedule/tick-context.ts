import type { ClusterManifest } from '../../formats/manifests/cluster';
import type { RunContext } from '../runs/run-context';
import type { ManifestList } from '../../formats/state/manifests/manifest-reader';
import type { State } from '../../formats/state/state';
import type { ObjectStore } from '../../platform/oss/port';
import type { DueReport } from './due-report';
import type { Memory } from './series-memory';
import type { WallClock } from './wall-clock';

/** Where a tick finds schedules, and what they speak of. */
export interface SchedulePlaces extends Pick<State, 'schedules' | 'clusters'> {
  /** The store of a registered vault. */
  openVault(name: string): Promise<ObjectStore>;
}

/** One tick over all schedules. */
export interface Tick {
  context: RunContext;
  places: SchedulePlaces;
  now: Date;
  memory: Memory;
  report: DueReport;
  clockOf: (zone: string) => WallClock;
  /** Registered clusters, read once and only if a schedule asks. */
  registered(): Promise<ManifestList<ClusterManifest>>;
  /** Names of open backups, read once and only if a schedule asks. */
  openBackups(): Promise<string[]>;
}
