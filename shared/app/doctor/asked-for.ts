import { LifeboatError } from '../../platform/errors';
import type { ClusterManifest } from '../../formats/manifests/cluster';
import type { Schedule } from '../../formats/manifests/schedule';
import { assertComesDue } from '../../operations/schedule/check-schedule';
import { scheduleClusters } from '../../operations/schedule/schedule-clusters';
import type { Installation } from '../installation';
import { about, type Finding } from './finding';

interface Registered {
  vaults: ReadonlySet<string>;
  clusters: readonly ClusterManifest[];
  unreadableClusters: readonly string[];
}

/**
 * What people have asked for: schedules and rules that cannot be read, or cannot be carried out because what they name is not
 * there, as after a restore of the state. One that is paused is a warning: nothing waits for it.
 */
export async function examineAskedFor(
  { state, clock }: Installation,
  { vaults, clusters, unreadableClusters }: Registered,
): Promise<Finding[]> {
  const [schedules, replications] = await Promise.all([state.schedules.list(), state.replications.list()]);
  const names = new Set([...clusters.map(({ metadata }) => metadata.name), ...unreadableClusters]);
  const missing = (kind: 'vault' | 'cluster', wanted: readonly string[]) =>
    wanted
      .filter((name) => !(kind === 'vault' ? vaults : names).has(name))
      .map((name) => ({
        message: `it names ${kind} ${name}, which is not registered`,
        remedy: `add it with \`lifeboat ${kind} add\`, or take it out`,
      }));
  const findings: Finding[] = [];
  const add = (subject: string, paused: boolean, faults: readonly { message: string; remedy: string }[]) => {
    const say = about(subject);
    for (const { message, remedy } of faults)
      findings.push(paused ? say.warning(`${message} (paused)`, remedy) : say.error(message, remedy));
  };
  for (const [kind, { unreadable }] of Object.entries({ schedule: schedules, replication: replications }))
    for (const { name, reason } of unreadable)
      findings.push(
        about(`${kind} ${name}`).error(
          `its manifest cannot be read: ${reason}`,
          `delete it with \`lifeboat ${kind} delete ${name}\`, and make it again`,
        ),
      );
  for (const schedule of schedules.items) {
    const { vault, copies = [], clusters: named, paused } = schedule.spec;
    add(`schedule ${schedule.metadata.name}`, paused, [
      ...missing('vault', [vault, ...copies]),
      ...missing('cluster', named),
      ...neverDue(schedule, clusters, clock.now()),
    ]);
  }
  for (const { metadata, spec } of replications.items) {
    const { vault, cluster, clusterUid } = spec.source;
    add(`replication ${metadata.name}`, spec.paused, [
      ...missing('vault', [vault]),
      // A cluster of another installation is known by its uid alone.
      ...missing('cluster', [...(clusterUid === undefined ? [cluster] : []), ...spec.targets]),
    ]);
  }
  return findings;
}

function neverDue(
  schedule: Schedule,
  clusters: readonly ClusterManifest[],
  now: Date,
): { message: string; remedy: string }[] {
  if (scheduleClusters(schedule, clusters).length === 0)
    return [
      {
        message: 'its selector matches no cluster',
        remedy: 'label one with `lifeboat cluster label`, or correct the selector',
      },
    ];
  try {
    assertComesDue(schedule, now);
    return [];
  } catch (error) {
    if (!(error instanceof LifeboatError)) throw error;
    return [{ message: error.message, remedy: error.hint ?? 'correct it with `lifeboat schedule edit`' }];
  }
}
